namespace Shoal.Learning;

/// <summary>The share of what is of a class that was predicted as the class; 0 where nothing is.</summary>
/// <param name="average">How several classes become one number. <value>Binary</value></param>
/// <param name="threshold">Null for one class a row; else each output above it is a yes of its own. <value>null</value></param>
/// <param name="name">The name in results and logs. <value>recall</value></param>
public sealed class Recall(ClassAverage average = ClassAverage.Binary, double? threshold = null, string name = "recall")
    : ClassMetric(name, average, threshold, nameof(Recall))
{
    private protected override double Score(Counts counts) => Ratio(counts.Found, counts.Found + counts.Missed);
}
