using System.Text.Json.Serialization;

namespace Shoal.Cli.Doctor;

/// <summary>The JSON document of <c>shoal doctor</c>, in this order; what is null does not apply and is left out.</summary>
internal sealed record DoctorResult(MachineResult Machine, IReadOnlyList<CheckResult> Checks)
{
    [JsonPropertyOrder(-1)]
    public int Schema { get; } = 1;
}

/// <summary>What this program may use.</summary>
/// <param name="Cores">Processors, after affinity and limits of the container.</param>
/// <param name="Memory">Bytes, after the limit of the container.</param>
/// <param name="Vector">Bits that one vector instruction works on.</param>
internal sealed record MachineResult(int Cores, long Memory, int Vector);

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Ok">Whether it is as the program can use it.</param>
/// <param name="Required">Whether the pool of this machine needs it; the rest is for later.</param>
/// <param name="Version">What is there; absent where nothing is.</param>
/// <param name="Advice">What to do, or to know; absent where there is nothing to say.</param>
internal sealed record CheckResult(string Name, bool Ok, bool Required, string? Version, string? Advice);
