namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>The arrays of a recurrent layer, as <see cref="IKernels.LstmForward"/> and its neighbours say; null where there are none.</summary>
internal unsafe struct RecurrentPointers
{
    internal float* X;
    internal float* Mask;
    internal float* Kernel;
    internal float* Recurrent;
    internal float* Bias;

    /// <summary>Null where nothing is kept for a gradient.</summary>
    internal float* Gates;

    /// <summary>The cells of an LSTM, the recurrent part of a GRU.</summary>
    internal float* Second;
    internal float* States;

    /// <summary>y, or dy in the gradient pass.</summary>
    internal float* Y;
    internal float* DKernel;
    internal float* DRecurrent;
    internal float* DBias;
    internal float* Dx;
}
