namespace Shoal.Learning.Onnx;

/// <summary>The bytes that the tensors of one run take; tensors that show the same elements count once.</summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Dictionary<object, (int Users, long Bytes)> _owners = new(ReferenceEqualityComparer.Instance);
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
        var (users, bytes) = _owners.TryGetValue(tensor.Owner, out var known) ? known : (0, tensor.MostBytes);
        _owners[tensor.Owner] = (users + 1, bytes);
        if (users == 0)
            _live += bytes;
    }

    /// <returns>Whether that was the last tensor over its elements.</returns>
    public bool Free(OnnxTensor tensor)
    {
        var (users, bytes) = _owners[tensor.Owner];
        if (users > 1)
        {
            _owners[tensor.Owner] = (users - 1, bytes);
            return false;
        }

        _owners.Remove(tensor.Owner);
        _live -= bytes;
        return true;
    }
}
