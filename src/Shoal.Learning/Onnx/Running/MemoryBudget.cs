namespace Shoal.Learning.Onnx;

/// <summary>The bytes that the tensors of one run take; tensors that show the same array count once.</summary>
internal sealed class MemoryBudget(long limit)
{
    private readonly Dictionary<byte[], int> _users = new(ReferenceEqualityComparer.Instance);
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
        var users = _users.GetValueOrDefault(tensor.Owner);
        _users[tensor.Owner] = users + 1;
        if (users == 0)
            _live += tensor.Owner.Length;
    }

    public void Free(OnnxTensor tensor)
    {
        var users = _users[tensor.Owner] - 1;
        if (users > 0)
        {
            _users[tensor.Owner] = users;
            return;
        }

        _users.Remove(tensor.Owner);
        _live -= tensor.Owner.Length;
    }
}
