namespace Shoal.Learning;

/// <summary>The harmonic mean of precision and recall, 2·found/(2·found + claimed + missed); Macro is the mean over the classes' own.</summary>
/// <param name="average">How several classes become one number. <value>Binary</value></param>
/// <param name="threshold">Null for one class a row; else each output above it is a yes of its own. <value>null</value></param>
/// <param name="name">The name in results and logs. <value>f1_score</value></param>
public sealed class F1Score(ClassAverage average = ClassAverage.Binary, double? threshold = null, string name = "f1_score")
    : ClassMetric(name, average, threshold, nameof(F1Score))
{
    private protected override double Score(Counts counts) => Ratio(2 * counts.Found, (2 * counts.Found) + counts.Claimed + counts.Missed);
}
