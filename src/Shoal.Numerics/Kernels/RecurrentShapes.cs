using System.Diagnostics.CodeAnalysis;

namespace Shoal.Numerics.Kernels;

/// <summary>Rows of a table by number: ids (Rows, Positions), table (Vocabulary, Size), y (Rows, Positions, Size).</summary>
[Experimental("SHOAL002")]
public readonly record struct EmbeddingShape(int Rows, int Positions, int Vocabulary, int Size);

/// <summary>
/// A recurrent layer: x (Rows, Steps, Inputs), y (Rows, Units), or (Rows, Steps, Units) with <paramref name="Sequences"/>, in the order in which
/// the steps are taken.
/// </summary>
/// <param name="Rows">Rows of the batch.</param>
/// <param name="Steps">Positions in time.</param>
/// <param name="Inputs">Values at one position.</param>
/// <param name="Units">Values of the state.</param>
/// <param name="Sequences">Whether y holds the state after every step, else after the last one.</param>
/// <param name="Backwards">Whether the last position is the first step.</param>
[Experimental("SHOAL002")]
public readonly record struct RecurrentShape(int Rows, int Steps, int Inputs, int Units, bool Sequences, bool Backwards)
{
    /// <summary>Values of y.</summary>
    public long OutputLength => (long)Rows * (Sequences ? Steps : 1) * Units;

    /// <summary>The position in x, mask and cache that a step reads.</summary>
    public int Position(int step) => Backwards ? Steps - 1 - step : step;
}

/// <summary>What the gradient of an LSTM needs of its forward pass, by position in x.</summary>
/// <param name="Gates">(Rows, Steps, 4·Units): the gates i f c o; the gradient pass overwrites them by their gradients.</param>
/// <param name="Cells">(Rows, Steps, Units): the cells after the step.</param>
/// <param name="States">(Rows, Steps, Units): the state before the step.</param>
[Experimental("SHOAL002")]
public readonly record struct LstmCache(Storage Gates, Storage Cells, Storage States);

/// <summary>What the gradient of a GRU needs of its forward pass, by position in x.</summary>
/// <param name="Gates">(Rows, Steps, 3·Units): the gates z r h; the gradient pass overwrites them by their gradients.</param>
/// <param name="Recurrent">
/// (Rows, Steps, 3·Units) where the reset comes after the product: the recurrent part of the gates, later its gradients; else (Rows, Steps, Units): the
/// state times the reset gate.
/// </param>
/// <param name="States">(Rows, Steps, Units): the state before the step.</param>
[Experimental("SHOAL002")]
public readonly record struct GruCache(Storage Gates, Storage Recurrent, Storage States);
