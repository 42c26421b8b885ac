namespace Shoal.Processes;

/// <summary>Which way frames travel.</summary>
internal static class Transport
{
    /// <summary>The variable that chooses: <c>rings</c>, the default where they can be had, or <c>socket</c>.</summary>
    public const string Variable = "SHOAL_TRANSPORT";

    /// <summary>Whether a pool offers its workers rings in shared memory. On one core whoever looks into a ring only keeps the other side from writing.</summary>
    /// <exception cref="ShoalException">The variable holds something else.</exception>
    public static bool UsesRings(PoolOptions options)
    {
        string? chosen = null;
        if (options.Environment?.TryGetValue(Variable, out chosen) is not true)
            chosen = Environment.GetEnvironmentVariable(Variable);
        return chosen switch
        {
            null or "" or "rings" => Environment.ProcessorCount > 1,
            "socket" => false,
            _ => throw new ShoalException($"{Variable} is '{chosen}'. It must be rings or socket, or not set."),
        };
    }
}
