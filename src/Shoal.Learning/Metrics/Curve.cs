namespace Shoal.Learning;

/// <summary>The curve under which <see cref="AreaUnderCurve"/> measures.</summary>
public enum Curve
{
    /// <summary>True against false positives: the probability that a row of the class is ranked above one that is not.</summary>
    Roc,

    /// <summary>Precision against recall, as steps: the average precision of scikit-learn.</summary>
    PrecisionRecall,
}
