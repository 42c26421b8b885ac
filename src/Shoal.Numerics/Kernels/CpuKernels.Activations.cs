namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void Activate(ActivationFunction function, float parameter, int length, Storage x, Storage y)
    {
        CheckParameter(function, parameter);
        var input = Source(x, length);
        _engine.Activate(function, parameter, length, input.Pointer, Destination(y, length).Pointer);
        KeepAlive(x, y);
    }

    /// <inheritdoc/>
    public void ActivateGradient(ActivationFunction function, float parameter, int length, Storage value, Storage dy, Storage dx)
    {
        CheckParameter(function, parameter);
        var (known, gradient) = (Source(value, length), Source(dy, length));
        _engine.ActivateGradient(function, parameter, length, known.Pointer, gradient.Pointer, Destination(dx, length).Pointer);
        KeepAlive(value, dy, dx);
    }

    /// <inheritdoc/>
    public void SoftmaxGradient(int rows, int classes, Storage probabilities, Storage dy, Storage dx)
    {
        Check(rows, classes);
        var (p, gradient) = (Source(probabilities, (long)rows * classes), Source(dy, (long)rows * classes));
        _engine.SoftmaxGradient(rows, classes, p.Pointer, gradient.Pointer, Destination(dx, (long)rows * classes).Pointer);
        KeepAlive(probabilities, dy, dx);
    }

    private static void CheckParameter(ActivationFunction function, float parameter)
    {
        if (!Enum.IsDefined(function))
            throw new ArgumentOutOfRangeException(nameof(function), function, "Activate: there is no such function.");
        // With a slope below 0 the sign of y would no longer tell that of x, from which the gradient is taken.
        if (function is ActivationFunction.LeakyRelu or ActivationFunction.Elu && !(parameter >= 0f))
            throw new ArgumentOutOfRangeException(nameof(parameter), parameter, $"Activate: the parameter of {function} must be 0 or more.");
    }
}
