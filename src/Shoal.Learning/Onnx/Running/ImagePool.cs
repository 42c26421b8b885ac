using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>Storages for the images of a run; those that are free again serve later nodes and later runs.</summary>
internal sealed class ImagePool(Workspace workspace)
{
    private readonly List<Storage> _free = [];
    private readonly List<KernelImage> _rented = [];

    /// <summary>The smallest free storage that is large enough; if all are too small, the largest of them is replaced.</summary>
    public KernelImage Rent(int length)
    {
        var best = _free.Where(storage => storage.Length >= length).MinBy(storage => storage.Length) ?? _free.MaxBy(storage => storage.Length);
        if (best is not null)
            _free.Remove(best);
        workspace.Grow(ref best, length);
        var image = new KernelImage(workspace.Kernels, best!);
        _rented.Add(image);
        return image;
    }

    public void Return(KernelImage image)
    {
        if (_rented.Remove(image))
            _free.Add(image.Storage);
    }

    /// <summary>A run is over, well or not: nobody uses its images any more.</summary>
    public void ReturnAll()
    {
        _free.AddRange(_rented.Select(image => image.Storage));
        _rented.Clear();
    }
}
