using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>One row of a GRU at one step, all its gates in one sweep; see <c>ScalarMeaning.GruForward</c>.</summary>
internal unsafe struct GruRow
{
    /// <summary>(3, units): sums, then gates, then their gradients.</summary>
    internal float* Gates;

    /// <summary>(3, units): the recurrent part, or a copy of its gradients for the product; (units) r·state where the reset comes before the product.</summary>
    internal float* Part;

    /// <summary>Where the recurrent part is kept; null for nowhere.</summary>
    internal float* KeptPart;

    /// <summary>The state, or the gradient by it.</summary>
    internal float* State;

    /// <summary>Where the state before the step is kept, or lies.</summary>
    internal float* Kept;

    /// <summary>Where the state after the step is given, or the gradient by that; null for none.</summary>
    internal float* Y;

    /// <summary>The gradient by r·state.</summary>
    internal float* DReset;
    internal int Units;
}

/// <summary>The arithmetic between the products of a GRU, for units <c>from</c> to <c>to</c>, a multiple of a register.</summary>
internal readonly unsafe struct GruCell<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ResetAfter(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, part = row->Part, keptPart = row->KeptPart, state = row->State, kept = row->Kept, y = row->Y;
        nint u = row->Units;
        for (var j = from; j < to; j += TSimd.Count)
        {
            var update = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Add(TSimd.Load(z + j), TSimd.Load(part + j)));
            var reset = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Add(TSimd.Load(z + u + j), TSimd.Load(part + u + j)));
            var inner = TSimd.Load(part + (2 * u) + j);
            var candidate = TanhKernel<TSimd, T>.Evaluate(TSimd.FusedMultiplyAdd(reset, inner, TSimd.Load(z + (2 * u) + j)));
            var before = TSimd.Load(state + j);
            var h = TSimd.FusedMultiplyAdd(update, TSimd.Subtract(before, candidate), candidate);
            TSimd.Store(update, z + j);
            TSimd.Store(reset, z + u + j);
            TSimd.Store(candidate, z + (2 * u) + j);
            if (kept != null)
            {
                TSimd.Store(before, kept + j);
                TSimd.Store(inner, keptPart + (2 * u) + j);
            }

            if (y != null)
                TSimd.Store(h, y + j);
            TSimd.Store(h, state + j);
        }
    }

    /// <summary>The gates z and r, and r·state, before the product for h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Reset(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, part = row->Part, keptPart = row->KeptPart, state = row->State;
        nint u = row->Units;
        for (var j = from; j < to; j += TSimd.Count)
        {
            var reset = SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Load(z + u + j));
            var product = TSimd.Multiply(reset, TSimd.Load(state + j));
            TSimd.Store(SingleSigmoidKernel<TSimd, T>.Evaluate(TSimd.Load(z + j)), z + j);
            TSimd.Store(reset, z + u + j);
            TSimd.Store(product, part + j);
            if (keptPart != null)
                TSimd.Store(product, keptPart + j);
        }
    }

    /// <summary>The state, after the product for h.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Candidate(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, state = row->State, kept = row->Kept, y = row->Y;
        nint u = row->Units;
        for (var j = from; j < to; j += TSimd.Count)
        {
            var candidate = TanhKernel<TSimd, T>.Evaluate(TSimd.Load(z + (2 * u) + j));
            var before = TSimd.Load(state + j);
            var h = TSimd.FusedMultiplyAdd(TSimd.Load(z + j), TSimd.Subtract(before, candidate), candidate);
            TSimd.Store(candidate, z + (2 * u) + j);
            if (kept != null)
                TSimd.Store(before, kept + j);
            if (y != null)
                TSimd.Store(h, y + j);
            TSimd.Store(h, state + j);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ResetAfterGradient(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, copy = row->Part, part = row->KeptPart, state = row->State, before = row->Kept, dy = row->Y;
        nint u = row->Units;
        var one = TSimd.Broadcast(1f);
        for (var j = from; j < to; j += TSimd.Count)
        {
            var (dUpdate, dCandidate) = Shared(z, state, before, dy, u, j);
            var reset = TSimd.Load(z + u + j);
            var dReset = TSimd.Multiply(
                TSimd.Multiply(dCandidate, TSimd.Load(part + (2 * u) + j)), TSimd.Multiply(reset, TSimd.Subtract(one, reset)));
            var dInner = TSimd.Multiply(dCandidate, reset);
            TSimd.Store(dReset, z + u + j);
            TSimd.Store(dUpdate, part + j);
            TSimd.Store(dReset, part + u + j);
            TSimd.Store(dInner, part + (2 * u) + j);
            TSimd.Store(dUpdate, copy + j);
            TSimd.Store(dReset, copy + u + j);
            TSimd.Store(dInner, copy + (2 * u) + j);
        }
    }

    /// <summary>The gradients of z and h, before the product for that of r·state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void CandidateGradient(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, copy = row->Part, state = row->State, before = row->Kept, dy = row->Y;
        nint u = row->Units;
        for (var j = from; j < to; j += TSimd.Count)
        {
            var (dUpdate, dCandidate) = Shared(z, state, before, dy, u, j);
            TSimd.Store(dUpdate, copy + j);
            TSimd.Store(dCandidate, copy + (2 * u) + j);
            TSimd.Store(TSimd.Zero, row->DReset + j);
        }
    }

    /// <summary>The gradient of r, after that product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ResetGradient(GruRow* row, nint from, nint to)
    {
        float* z = row->Gates, copy = row->Part, state = row->State, before = row->Kept;
        nint u = row->Units;
        var one = TSimd.Broadcast(1f);
        for (var j = from; j < to; j += TSimd.Count)
        {
            var reset = TSimd.Load(z + u + j);
            var d = TSimd.Load(row->DReset + j);
            var dReset = TSimd.Multiply(TSimd.Multiply(d, TSimd.Load(before + j)), TSimd.Multiply(reset, TSimd.Subtract(one, reset)));
            TSimd.Store(dReset, z + u + j);
            TSimd.Store(dReset, copy + u + j);
            TSimd.Store(TSimd.FusedMultiplyAdd(d, reset, TSimd.Load(state + j)), state + j);
        }
    }

    /// <summary>Stores the gradients of z and h in the gates, and that of the state by its direct way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (T DUpdate, T DCandidate) Shared(float* z, float* state, float* before, float* dy, nint u, nint j)
    {
        var one = TSimd.Broadcast(1f);
        T update = TSimd.Load(z + j), candidate = TSimd.Load(z + (2 * u) + j);
        var d = TSimd.Load(state + j);
        if (dy != null)
            d = TSimd.Add(d, TSimd.Load(dy + j));
        var dCandidate = TSimd.Multiply(
            TSimd.Multiply(d, TSimd.Subtract(one, update)), TSimd.Multiply(TSimd.Subtract(one, candidate), TSimd.Add(one, candidate)));
        var dUpdate = TSimd.Multiply(
            TSimd.Multiply(d, TSimd.Subtract(TSimd.Load(before + j), candidate)), TSimd.Multiply(update, TSimd.Subtract(one, update)));
        TSimd.Store(dUpdate, z + j);
        TSimd.Store(dCandidate, z + (2 * u) + j);
        TSimd.Store(TSimd.Multiply(d, update), state + j);
        return (dUpdate, dCandidate);
    }
}
