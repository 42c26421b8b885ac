namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>
    /// One step of gradient descent: w −= <paramref name="rate"/>·g; with <paramref name="velocity"/>, v = <paramref name="momentum"/>·v − rate·g and
    /// w += v, or w += momentum·v − rate·g if <paramref name="nesterov"/>.
    /// </summary>
    void Sgd(int length, Storage weights, Storage gradient, Storage? velocity, float rate, float momentum, bool nesterov, in WeightUpdate update);

    /// <summary>
    /// One step of RMSprop as Keras does it: v += (g²−v)(1−<paramref name="rho"/>); with <paramref name="average"/>, a += (g−a)(1−rho); the step is
    /// <paramref name="rate"/>·g/sqrt(max(v−a², 0)+<paramref name="epsilon"/>), which with <paramref name="momentum"/> (a storage) goes into
    /// m = <paramref name="decay"/>·m + step; w −= step, or w −= m.
    /// </summary>
    void RmsProp(
        int length, Storage weights, Storage gradient, Storage velocity, Storage? average, Storage? momentum, float rate, float rho, float decay, float epsilon,
        in WeightUpdate update);

    /// <summary>
    /// One step of Adam as Keras does it: m += (g−m)(1−<paramref name="beta1"/>); v += (g²−v)(1−<paramref name="beta2"/>); with
    /// <paramref name="largest"/> (AMSGrad), u = max(u, v), else u is v; w −= <paramref name="rate"/>·m/(sqrt(u)+<paramref name="epsilon"/>), where rate
    /// already holds the bias correction, learning rate·sqrt(1−beta2ᵗ)/(1−beta1ᵗ).
    /// </summary>
    void Adam(
        int length, Storage weights, Storage gradient, Storage m, Storage v, Storage? largest, float rate, float beta1, float beta2, float epsilon,
        in WeightUpdate update);

    /// <summary>
    /// Σx² in double: blocks of 4096 values, in a block 32 chains (value i in chain i mod 32) joined by the binary tree over their numbers, the blocks
    /// by the same tree.
    /// </summary>
    double SumOfSquares(int length, Storage x);

    /// <summary>average += (values − average)·<paramref name="share"/>: a running mean of weights.</summary>
    void MoveTowards(int length, Storage values, float share, Storage average);
}
