namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>One sweep of an optimizer: pointers (null where there is no such slot) and factors.</summary>
internal unsafe struct OptimizerJob
{
    internal int Length;
    internal float* Weights;
    internal float* Gradient;
    internal float* First;
    internal float* Second;
    internal float* Third;
    internal float Rate;
    internal float ToFirst;
    internal float ToSecond;
    internal float Momentum;
    internal float Epsilon;
    internal bool Nesterov;
    internal WeightUpdate Update;
}
