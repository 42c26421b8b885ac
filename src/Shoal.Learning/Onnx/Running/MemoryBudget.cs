namespace Shoal.Learning.Onnx;

/// <summary>The bytes that the tensors of one run take; tensors that show the same array count once.</summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Dictionary<byte[], (int Users, long Bytes)> _arrays = new(ReferenceEqualityComparer.Instance);
    private long _live;
    private long _pending;

    /// <summary>Whether so many bytes more may be taken by the node that runs.</summary>
    public bool TryTake(long bytes)
    {
        if (bytes > limit - _live - _pending)
            return false;
        _pending += bytes;
        return true;
    }

    /// <summary>A node begins: what the one before it took is kept or gone.</summary>
    public void Begin() => _pending = 0;

    public void Keep(OnnxTensor tensor)
    {
        // What lies channels last may be turned around for a reader, and then lies there twice.
        var (users, bytes) = _arrays.TryGetValue(tensor.Owner, out var known) ? known : (0, tensor.Owner.LongLength * (tensor.IsChannelsLast ? 2 : 1));
        _arrays[tensor.Owner] = (users + 1, bytes);
        if (users == 0)
            _live += bytes;
    }

    public void Free(OnnxTensor tensor)
    {
        var (users, bytes) = _arrays[tensor.Owner];
        if (users > 1)
        {
            _arrays[tensor.Owner] = (users - 1, bytes);
            return;
        }

        _arrays.Remove(tensor.Owner);
        _live -= bytes;
    }
}
