using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>One row of an LSTM at one step, all its gates in one sweep; see <c>ScalarMeaning.LstmForward</c>.</summary>
internal unsafe struct LstmRow
{
    /// <summary>(4, units): sums, then gates, then their gradients.</summary>
    internal float* Gates;

    /// <summary>The cells before the step, and after it.</summary>
    internal float* Before;
    internal float* Cells;

    /// <summary>The state, or the gradient by it.</summary>
    internal float* State;

    /// <summary>Where the state before the step is kept.</summary>
    internal float* Kept;

    /// <summary>Where the state after it is given, or the gradient by that; null for none.</summary>
    internal float* Y;

    /// <summary>The gradient by the cells.</summary>
    internal float* DCells;

    /// <summary>A copy of the gates' gradients for the product.</summary>
    internal float* Copy;
    internal int Units;
}

/// <summary>The arithmetic between the products of an LSTM, for units <c>from</c> to <c>to</c>, a multiple of a register.</summary>
internal readonly unsafe struct LstmCell<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Forward(LstmRow* row, nint from, nint to)
    {
        float* z = row->Gates, before = row->Before, cells = row->Cells, state = row->State, kept = row->Kept, y = row->Y;
        nint u = row->Units;
        for (var j = from; j < to; j += TSimd.Count)
        {
            var i = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Load(z + j));
            var f = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Load(z + u + j));
            var g = TanhKernel<TSimd, T>.Evaluate(TSimd.Load(z + (2 * u) + j));
            var o = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Load(z + (3 * u) + j));
            var c = TSimd.FusedMultiplyAdd(i, g, TSimd.Multiply(f, TSimd.Load(before + j)));
            var h = TSimd.Multiply(o, TanhKernel<TSimd, T>.Evaluate(c));
            TSimd.Store(i, z + j);
            TSimd.Store(f, z + u + j);
            TSimd.Store(g, z + (2 * u) + j);
            TSimd.Store(o, z + (3 * u) + j);
            TSimd.Store(c, cells + j);
            if (kept != null)
                TSimd.Store(TSimd.Load(state + j), kept + j);
            if (y != null)
                TSimd.Store(h, y + j);
            TSimd.Store(h, state + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gradient(LstmRow* row, nint from, nint to)
    {
        float* z = row->Gates, copy = row->Copy, before = row->Before, cells = row->Cells, state = row->State, dCells = row->DCells, dy = row->Y;
        nint u = row->Units;
        var one = TSimd.Broadcast(1f);
        for (var j = from; j < to; j += TSimd.Count)
        {
            T i = TSimd.Load(z + j), f = TSimd.Load(z + u + j), g = TSimd.Load(z + (2 * u) + j), o = TSimd.Load(z + (3 * u) + j);
            var dh = TSimd.Load(state + j);
            if (dy != null)
                dh = TSimd.Add(dh, TSimd.Load(dy + j));
            var t = TanhKernel<TSimd, T>.Evaluate(TSimd.Load(cells + j));
            var d = TSimd.FusedMultiplyAdd(
                TSimd.Multiply(dh, o), TSimd.Multiply(TSimd.Subtract(one, t), TSimd.Add(one, t)), TSimd.Load(dCells + j));
            var di = TSimd.Multiply(TSimd.Multiply(d, g), TSimd.Multiply(i, TSimd.Subtract(one, i)));
            var df = TSimd.Multiply(TSimd.Multiply(d, TSimd.Load(before + j)), TSimd.Multiply(f, TSimd.Subtract(one, f)));
            var dg = TSimd.Multiply(TSimd.Multiply(d, i), TSimd.Multiply(TSimd.Subtract(one, g), TSimd.Add(one, g)));
            var dO = TSimd.Multiply(TSimd.Multiply(dh, t), TSimd.Multiply(o, TSimd.Subtract(one, o)));
            TSimd.Store(di, z + j);
            TSimd.Store(df, z + u + j);
            TSimd.Store(dg, z + (2 * u) + j);
            TSimd.Store(dO, z + (3 * u) + j);
            TSimd.Store(di, copy + j);
            TSimd.Store(df, copy + u + j);
            TSimd.Store(dg, copy + (2 * u) + j);
            TSimd.Store(dO, copy + (3 * u) + j);
            TSimd.Store(TSimd.Multiply(d, f), dCells + j);
            TSimd.Store(TSimd.Zero, state + j);
        }
    }
}
