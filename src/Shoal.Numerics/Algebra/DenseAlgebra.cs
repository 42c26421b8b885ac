using System.Diagnostics.CodeAnalysis;
using Shoal.Numerics.Algebra;
using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Cpu;

namespace Shoal.Numerics;

/// <summary>Products of matrices, Cholesky's factor, and eigenvalues of symmetric matrices, with threads of its own.</summary>
/// <remarks>
/// Every result has the same bits for any number of threads and at every vector width. One instance is used by one thread at a time. Dispose ends its threads
/// and frees its scratch memory, which grows to the largest shape seen; a warm product allocates nothing.
/// </remarks>
public sealed partial class DenseAlgebra : IDisposable
{
    private readonly Engine _singles;
    private readonly DoubleEngine _doubles;

    /// <summary>Dense algebra at the widest vectors that the machine has, or those of <see cref="CpuKernels.WidthVariable"/>.</summary>
    /// <param name="threads">How many threads compute, the caller among them; 0 for one a core.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public DenseAlgebra(int threads = 0)
        : this(threads, VectorWidths.Default())
    {
    }

    /// <summary>Dense algebra at a given vector width.</summary>
    /// <param name="threads">How many threads compute, the caller among them; 0 for one a core.</param>
    /// <param name="width">Bits of a vector; one that the machine lacks is emulated, right and slow.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative, or the width is none of <see cref="VectorWidth"/>.</exception>
    [Experimental("SHOAL002")]
    public DenseAlgebra(int threads, VectorWidth width)
    {
        if (threads < 0)
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "DenseAlgebra: threads must be 0 (one a core) or more.");
        if (!Enum.IsDefined(width))
            throw new ArgumentOutOfRangeException(nameof(width), (int)width, "DenseAlgebra: the vector width must be 32, 128, 256 or 512 bits.");
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        var team = new ComputeTeam(Threads);
        _singles = Engine.Create(width, team);
        _doubles = DoubleEngine.Create(width, team);
    }

    /// <summary>How many threads compute, the caller among them.</summary>
    public int Threads { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _doubles.Dispose();
        _singles.Dispose();
    }
}
