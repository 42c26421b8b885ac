using Shoal;

/// <summary>The functions that the samples call: they could be any.</summary>
internal static class Work
{
    public static int[] Numbers => [1, 2, 3, 4, 5, 6];

    public static int Square(int x) => x * x;

    public static double Power(double x, int n) => Math.Pow(x, n);

    public static void Sleep(SharedEvent started)
    {
        started.Set();
        Thread.Sleep(60_000);
    }

    public static int Fails(int x) => throw new FormatException($"{x} is not to its taste");
}
