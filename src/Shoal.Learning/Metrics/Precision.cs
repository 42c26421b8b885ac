namespace Shoal.Learning;

/// <summary>The share of what was predicted as a class that is of the class; 0 where nothing was.</summary>
/// <param name="average">How several classes become one number. <value>Binary</value></param>
/// <param name="threshold">Null for one class a row; else each output above it is a yes of its own. <value>null</value></param>
/// <param name="name">The name in results and logs. <value>precision</value></param>
public sealed class Precision(ClassAverage average = ClassAverage.Binary, double? threshold = null, string name = "precision")
    : ClassMetric(name, average, threshold, nameof(Precision))
{
    private protected override double Score(Counts counts) => Ratio(counts.Found, counts.Found + counts.Claimed);
}
