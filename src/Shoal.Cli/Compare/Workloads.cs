namespace Shoal.Cli.Compare;

/// <summary>The workloads that <c>shoal compare</c> knows: one line each.</summary>
internal static class Workloads
{
    private static readonly Dictionary<string, Func<CompareSettings, IReadOnlyList<Workload>>> Known = new(StringComparer.Ordinal)
    {
        [CountWorkload.Name] = CountWorkload.Create,
        [SleepWorkload.Name] = SleepWorkload.Create,
    };

    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static IReadOnlyList<Workload> Create(CompareSettings settings) => Known[settings.Workload](settings);
}
