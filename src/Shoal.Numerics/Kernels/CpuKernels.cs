using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics.Kernels;

/// <summary>The kernels on the processor: vectors of 512, 256 or 128 bits or single floats, and a team of threads.</summary>
/// <remarks>
/// The results have the same bits at every width and for every number of threads; README.md beside this file tells how.
/// One instance is used by one thread at a time. Dispose ends its threads and frees its scratch memory, not the storages.
/// </remarks>
[Experimental("SHOAL002")]
public sealed partial class CpuKernels : IKernels
{
    private readonly Engine _engine;

    /// <summary>The environment variable that sets the width where the constructor does not: 32, 128, 256 or 512.</summary>
    public const string WidthVariable = "SHOAL_VECTOR_BITS";

    /// <summary>Kernels with their own threads.</summary>
    /// <param name="threads">How many threads compute, the caller among them; 0 for one a core.</param>
    /// <param name="width">Null for the environment variable <see cref="WidthVariable"/>, else the widest that the machine has.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative, or the width is none of <see cref="VectorWidth"/>.</exception>
    public CpuKernels(int threads = 0, VectorWidth? width = null)
    {
        if (threads < 0)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "CpuKernels: threads must be 0 (one a core) or more.");
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        Width = width ?? VectorWidths.Default();
        if (!Enum.IsDefined(Width))
            throw new ArgumentOutOfRangeException(nameof(width), (int)Width, "CpuKernels: the vector width must be 32, 128, 256 or 512 bits.");
        _engine = Engine.Create(Width, new ComputeTeam(Threads));
    }

    /// <summary>Bits of one vector.</summary>
    public VectorWidth Width { get; }

    /// <inheritdoc/>
    public string Description => $"CPU, {Threads} {(Threads == 1 ? "thread" : "threads")}, {(int)Width}-bit vectors";

    /// <inheritdoc/>
    public int Threads { get; }

    /// <inheritdoc/>
    public Storage Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new CpuStorage(length);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<float> source, Storage destination, int offset = 0)
    {
        var to = Destination(destination, offset, source.Length);
        source.CopyTo(to.Span[offset..]);
        KeepAlive(destination);
    }

    /// <inheritdoc/>
    public void Read(Storage source, Span<float> destination, int offset = 0)
    {
        Source(source, offset, destination.Length).Span.Slice(offset, destination.Length).CopyTo(destination);
        KeepAlive(source);
    }

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    /// <summary>Kernels work on bare pointers: without this the collector could free a storage, or the scratch memory, whose last use is the call that is running.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void KeepAlive(params ReadOnlySpan<Storage?> storages) => GC.KeepAlive(_engine);
}
