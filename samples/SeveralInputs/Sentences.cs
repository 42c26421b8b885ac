using Shoal.Learning;

/// <summary>Made-up notes of three to eight words, each with a length of stay: some words matter for the ward, others for the days.</summary>
internal static class Sentences
{
    public const int Time = 8;
    public const int Words = 20;
    public const int Wards = 3;

    public static Dataset Make(int rows, int seed)
    {
        var random = new Random(seed);
        var (tokens, ages, wards, days) = (new float[rows * Time], new float[rows], new int[rows], new float[rows]);
        for (var row = 0; row < rows; row++)
        {
            ages[row] = random.NextSingle();
            wards[row] = random.Next(Wards);
            var length = random.Next(3, Time + 1);
            // Ids from 1; what stays 0 behind the last word is padding.
            for (var t = 0; t < length; t++)
                tokens[(row * Time) + t] = 1 + Wards + random.Next(Words - Wards - 1);
            tokens[(row * Time) + random.Next(length)] = 1 + wards[row];
            days[row] = ages[row] + (length / (float)Time);
        }

        return new Dataset([tokens, ages], [wards, days]);
    }
}
