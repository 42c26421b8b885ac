namespace Shoal.Numerics.Algebra;

internal static partial class AlgebraMeaning
{
    /// <summary>Σ x·y in the order of <see cref="FixedOrderSums"/>; Σ x if y is empty.</summary>
    internal static double Sum(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var blocks = new List<double>();
        for (var first = 0; first == 0 || first < x.Length; first += FixedOrder.BlockLength)
        {
            var lanes = new double[FixedOrder.Lanes];
            for (var i = first; i < Math.Min(x.Length, first + FixedOrder.BlockLength); i++)
            {
                ref var lane = ref lanes[i % FixedOrder.Lanes];
                lane = y.IsEmpty ? lane + x[i] : Math.FusedMultiplyAdd(x[i], y[i], lane);
            }

            for (var half = FixedOrder.Lanes / 2; half > 0; half /= 2)
            {
                for (var i = 0; i < half; i++)
                    lanes[i] += lanes[i + half];
            }

            blocks.Add(lanes[0]);
        }

        while (blocks.Count > 1)
            blocks = [.. blocks.Chunk(2).Select(pair => pair.Length == 2 ? pair[0] + pair[1] : pair[0])];
        return blocks[0];
    }
}
