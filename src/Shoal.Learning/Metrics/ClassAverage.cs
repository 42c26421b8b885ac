namespace Shoal.Learning;

/// <summary>How precision, recall and F1 of several classes become one number.</summary>
public enum ClassAverage
{
    /// <summary>Of class 1 alone: for one output, or two.</summary>
    Binary,

    /// <summary>The mean over the classes that occur, each counted the same; classes that are neither true nor predicted anywhere are left out, as in scikit-learn.</summary>
    Macro,

    /// <summary>Of all decisions together.</summary>
    Micro,
}
