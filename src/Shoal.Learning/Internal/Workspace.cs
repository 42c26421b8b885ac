using Shoal.Numerics.Kernels;

namespace Shoal.Learning;

/// <summary>The storages of one model: one place that allocates and one that frees them.</summary>
internal sealed class Workspace(IKernels kernels, bool ownsKernels) : IDisposable
{
    private readonly HashSet<Storage> _storages = [];

    public IKernels Kernels { get; } = kernels;

    public Storage Allocate(int length)
    {
        var storage = Kernels.Allocate(length);
        _storages.Add(storage);
        return storage;
    }

    /// <summary>Makes <paramref name="storage"/> at least <paramref name="length"/> long; what it held may be lost.</summary>
    public void Grow(ref Storage? storage, int length)
    {
        if (storage is not null && storage.Length >= length)
            return;
        if (storage is not null)
            Free(storage);
        storage = Allocate(length);
    }

    public void Free(Storage storage)
    {
        if (_storages.Remove(storage))
            storage.Dispose();
    }

    public void Dispose()
    {
        foreach (var storage in _storages)
            storage.Dispose();
        _storages.Clear();
        if (ownsKernels)
            Kernels.Dispose();
    }
}
