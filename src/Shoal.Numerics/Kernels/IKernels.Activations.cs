namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>y = function(x) for each value; NaN passes; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    /// <param name="function">Which function.</param>
    /// <param name="parameter">The slope of <see cref="ActivationFunction.LeakyRelu"/>, alpha of <see cref="ActivationFunction.Elu"/>, at least 0; the others do not look at it.</param>
    /// <param name="length">How many values.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="y">The results.</param>
    void Activate(ActivationFunction function, float parameter, int length, Storage x, Storage y);

    /// <summary>dx = dy·function′; <paramref name="dx"/> may be <paramref name="dy"/>.</summary>
    /// <param name="function">Which function.</param>
    /// <param name="parameter">As in <see cref="Activate"/>.</param>
    /// <param name="length">How many values.</param>
    /// <param name="value">x for <see cref="ActivationFunction.Gelu"/> and <see cref="ActivationFunction.GeluTanh"/>, y for the others.</param>
    /// <param name="dy">The gradient by y.</param>
    /// <param name="dx">The gradient by x.</param>
    void ActivateGradient(ActivationFunction function, float parameter, int length, Storage value, Storage dy, Storage dx);

    /// <summary>
    /// The gradient of a row-wise softmax: dx = p·(dy − Σ p·dy), the sum one chain over the classes of a row; <paramref name="dx"/> may be
    /// <paramref name="dy"/>.
    /// </summary>
    void SoftmaxGradient(int rows, int classes, Storage probabilities, Storage dy, Storage dx);
}
