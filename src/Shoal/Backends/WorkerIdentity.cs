using System.Diagnostics.CodeAnalysis;

namespace Shoal.Backends;

/// <summary>Who a worker is.</summary>
/// <param name="ProcessId">The process that it runs in.</param>
/// <param name="Host">The name of its machine.</param>
[Experimental("SHOAL001")]
public sealed record WorkerIdentity(int ProcessId, string Host);
