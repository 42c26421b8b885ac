namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>Weights in one block of a <see cref="Penalty"/>.</summary>
    const int PenaltyBlock = 1024;

    /// <summary>
    /// penalties[index] = l1·Σ|w| + l2·Σw². Both sums are in double: one chain in each block of <see cref="PenaltyBlock"/> weights, and the binary
    /// tree over the blocks.
    /// </summary>
    void Penalty(int length, float l1, float l2, Storage weights, Storage penalties, int index);

    /// <summary>gradient += l1·sign(w) + 2·l2·w, where the sign of 0 is 0.</summary>
    void PenaltyGradient(int length, float l1, float l2, Storage weights, Storage gradient);
}
