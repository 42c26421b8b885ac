using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>A run of floats that belongs to the <see cref="IKernels"/> that allocated it; only they can look inside.</summary>
/// <remarks>Not thread-safe. Dispose frees it; kernels never keep a reference after they return.</remarks>
[Experimental("SHOAL002")]
public abstract class Storage : IDisposable
{
    /// <summary>How many floats it holds.</summary>
    public abstract int Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the floats.</summary>
    protected abstract void Dispose(bool disposing);
}
