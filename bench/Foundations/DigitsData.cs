using Shoal.Frames;

namespace Foundations;

/// <summary>The first training images, pixel / 255, and their labels.</summary>
internal static class DigitsData
{
    public static (float[] Images, int[] Labels) Train(int count)
    {
        var train = Digits.LoadAsync().GetAwaiter().GetResult().Train;
        var labels = new int[count];
        for (var row = 0; row < count; row++)
            labels[row] = train.Labels[row];
        return (train.Intensities(0, count), labels);
    }
}
