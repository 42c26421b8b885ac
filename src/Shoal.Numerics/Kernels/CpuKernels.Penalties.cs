namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Penalty(int length, float l1, float l2, Storage weights, Storage penalties, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var w = Source(weights, length);
        _engine.Penalty(length, l1, l2, w.Pointer, Destination(penalties, index, 1).Pointer + index);
        KeepAlive(weights, penalties);
    }

    /// <inheritdoc/>
    public void PenaltyGradient(int length, float l1, float l2, Storage weights, Storage gradient)
    {
        var w = Source(weights, length);
        _engine.PenaltyGradient(length, l1, l2, w.Pointer, Destination(gradient, length).Pointer);
        KeepAlive(weights, gradient);
    }
}
