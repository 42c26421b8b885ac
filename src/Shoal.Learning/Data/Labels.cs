namespace Shoal.Learning;

/// <summary>Checks of class numbers.</summary>
internal static class Labels
{
    public static void Check(ReadOnlySpan<int> labels, int classes)
    {
        Learning.Check.AtLeast(1, classes, nameof(ArrayBatches), nameof(classes));
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
            {
                throw new ArgumentException(
                    $"label {i} is {labels[i]}, expected a class from 0 to {classes - 1}. Number the classes from 0, or give the last layer more units.");
            }
        }
    }
}
