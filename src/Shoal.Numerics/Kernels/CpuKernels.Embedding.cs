using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public int EmbeddingForward(in EmbeddingShape shape, Storage ids, Storage table, Storage y)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Positions;
        var (numbers, values) = (Source(ids, places), Source(table, (long)shape.Vocabulary * shape.Size));
        var bad = _engine.EmbeddingForward(shape, numbers.Pointer, values.Pointer, Destination(y, places * shape.Size).Pointer);
        KeepAlive(ids, table, y);
        return bad;
    }

    /// <inheritdoc/>
    public void EmbeddingGradient(in EmbeddingShape shape, Storage ids, Storage dy, Storage dTable)
    {
        Check(shape);
        var places = (long)shape.Rows * shape.Positions;
        var (numbers, gradient) = (Source(ids, places), Source(dy, places * shape.Size));
        var table = Destination(dTable, (long)shape.Vocabulary * shape.Size);
        var bad = _engine.EmbeddingGradient(shape, numbers.Pointer, gradient.Pointer, table.Pointer);
        if (bad >= 0)
        {
            throw new ArgumentException(
                $"EmbeddingGradient: ids[{bad}] is {numbers.Span[bad]:R}, expected a whole number from 0 to {shape.Vocabulary - 1}. EmbeddingForward tells before.",
                nameof(ids));
        }

        KeepAlive(ids, dy, dTable);
    }

    /// <inheritdoc/>
    public void TokenMask(int length, Storage ids, Storage mask)
    {
        var numbers = Source(ids, length);
        ScalarMeaning.TokenMask(numbers.Span[..length], Destination(mask, length).Span[..length]);
        KeepAlive(ids, mask);
    }

    private static void Check(in EmbeddingShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Rows < 1 || s.Positions < 1 || s.Vocabulary < 1 || s.Size < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; rows, positions, vocabulary and size must be 1 or more.");
        if (s.Vocabulary > 1 << 24)
            throw new ArgumentException($"{kernel}: {s} has too large a vocabulary; ids are floats, which hold all whole numbers up to 2^24 only.");
    }
}
