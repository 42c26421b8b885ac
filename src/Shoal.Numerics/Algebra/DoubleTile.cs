// Longer than other files: one line a row of the tile, because the accumulators must be locals of their own to live in registers.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Shoal.Numerics.Kernels.Cpu;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Algebra;

/// <summary>The kernel of the products of doubles: up to 14 rows by two registers, each output a chain of fused multiply-adds in a register. As the tile of floats.</summary>
internal readonly unsafe struct DoubleTile<TSimd, T, TRows>
    where TSimd : struct, ISimdDouble<T>
    where T : struct
    where TRows : struct, IRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(DoubleTileArguments* t)
    {
        var width = TSimd.Count;
        T c00 = TSimd.Zero, c01 = TSimd.Zero;
        T c10 = TSimd.Zero, c11 = TSimd.Zero;
        T c20 = TSimd.Zero, c21 = TSimd.Zero;
        T c30 = TSimd.Zero, c31 = TSimd.Zero;
        T c40 = TSimd.Zero, c41 = TSimd.Zero;
        T c50 = TSimd.Zero, c51 = TSimd.Zero;
        T c60 = TSimd.Zero, c61 = TSimd.Zero;
        T c70 = TSimd.Zero, c71 = TSimd.Zero;
        T c80 = TSimd.Zero, c81 = TSimd.Zero;
        T c90 = TSimd.Zero, c91 = TSimd.Zero;
        T c100 = TSimd.Zero, c101 = TSimd.Zero;
        T c110 = TSimd.Zero, c111 = TSimd.Zero;
        T c120 = TSimd.Zero, c121 = TSimd.Zero;
        T c130 = TSimd.Zero, c131 = TSimd.Zero;
        if (t->Continue)
        {
            var sums = t->Sums;
            var stride = t->RowStrideSums;
            if (TRows.Count > 0)
                (c00, c01) = (TSimd.Load(sums + (0 * stride)), TSimd.Load(sums + (0 * stride) + width));
            if (TRows.Count > 1)
                (c10, c11) = (TSimd.Load(sums + (1 * stride)), TSimd.Load(sums + (1 * stride) + width));
            if (TRows.Count > 2)
                (c20, c21) = (TSimd.Load(sums + (2 * stride)), TSimd.Load(sums + (2 * stride) + width));
            if (TRows.Count > 3)
                (c30, c31) = (TSimd.Load(sums + (3 * stride)), TSimd.Load(sums + (3 * stride) + width));
            if (TRows.Count > 4)
                (c40, c41) = (TSimd.Load(sums + (4 * stride)), TSimd.Load(sums + (4 * stride) + width));
            if (TRows.Count > 5)
                (c50, c51) = (TSimd.Load(sums + (5 * stride)), TSimd.Load(sums + (5 * stride) + width));
            if (TRows.Count > 6)
                (c60, c61) = (TSimd.Load(sums + (6 * stride)), TSimd.Load(sums + (6 * stride) + width));
            if (TRows.Count > 7)
                (c70, c71) = (TSimd.Load(sums + (7 * stride)), TSimd.Load(sums + (7 * stride) + width));
            if (TRows.Count > 8)
                (c80, c81) = (TSimd.Load(sums + (8 * stride)), TSimd.Load(sums + (8 * stride) + width));
            if (TRows.Count > 9)
                (c90, c91) = (TSimd.Load(sums + (9 * stride)), TSimd.Load(sums + (9 * stride) + width));
            if (TRows.Count > 10)
                (c100, c101) = (TSimd.Load(sums + (10 * stride)), TSimd.Load(sums + (10 * stride) + width));
            if (TRows.Count > 11)
                (c110, c111) = (TSimd.Load(sums + (11 * stride)), TSimd.Load(sums + (11 * stride) + width));
            if (TRows.Count > 12)
                (c120, c121) = (TSimd.Load(sums + (12 * stride)), TSimd.Load(sums + (12 * stride) + width));
            if (TRows.Count > 13)
                (c130, c131) = (TSimd.Load(sums + (13 * stride)), TSimd.Load(sums + (13 * stride) + width));
        }

        // The sums of the tile below are asked for now, to be near when it begins. Behind the last row that asks for memory nobody reads, which does no harm.
        if (Sse.IsSupported)
        {
            var next = t->Sums + (TRows.Count * t->RowStrideSums);
            for (var r = 0; r < TRows.Count; r++, next += t->RowStrideSums)
            {
                Sse.Prefetch0(next);
                Sse.Prefetch0(next + width);
            }
        }

        // Rows are reached as base + 0, 1 or 2 strides: three addresses from one pointer keep general registers free.
        var s = t->RowStride;
        var s2 = 2 * s;
        var stepA = t->StepA;
        var stepB = 2 * width;
        var b = t->B;
        var a0 = t->A;
        var a3 = a0 + (3 * s);
        var a6 = a0 + (6 * s);
        var a9 = a0 + (9 * s);
        var a12 = a0 + (12 * s);
        for (var k = t->Depth; k > 0; k--)
        {
            var b0 = TSimd.Load(b);
            var b1 = TSimd.Load(b + width);
            b += stepB;
            if (TRows.Count > 0)
            {
                var x = TSimd.Broadcast(*a0);
                c00 = TSimd.FusedMultiplyAdd(x, b0, c00);
                c01 = TSimd.FusedMultiplyAdd(x, b1, c01);
            }

            if (TRows.Count > 1)
            {
                var x = TSimd.Broadcast(a0[s]);
                c10 = TSimd.FusedMultiplyAdd(x, b0, c10);
                c11 = TSimd.FusedMultiplyAdd(x, b1, c11);
            }

            if (TRows.Count > 2)
            {
                var x = TSimd.Broadcast(a0[s2]);
                c20 = TSimd.FusedMultiplyAdd(x, b0, c20);
                c21 = TSimd.FusedMultiplyAdd(x, b1, c21);
            }

            if (TRows.Count > 3)
            {
                var x = TSimd.Broadcast(*a3);
                c30 = TSimd.FusedMultiplyAdd(x, b0, c30);
                c31 = TSimd.FusedMultiplyAdd(x, b1, c31);
            }

            if (TRows.Count > 4)
            {
                var x = TSimd.Broadcast(a3[s]);
                c40 = TSimd.FusedMultiplyAdd(x, b0, c40);
                c41 = TSimd.FusedMultiplyAdd(x, b1, c41);
            }

            if (TRows.Count > 5)
            {
                var x = TSimd.Broadcast(a3[s2]);
                c50 = TSimd.FusedMultiplyAdd(x, b0, c50);
                c51 = TSimd.FusedMultiplyAdd(x, b1, c51);
            }

            if (TRows.Count > 6)
            {
                var x = TSimd.Broadcast(*a6);
                c60 = TSimd.FusedMultiplyAdd(x, b0, c60);
                c61 = TSimd.FusedMultiplyAdd(x, b1, c61);
            }

            if (TRows.Count > 7)
            {
                var x = TSimd.Broadcast(a6[s]);
                c70 = TSimd.FusedMultiplyAdd(x, b0, c70);
                c71 = TSimd.FusedMultiplyAdd(x, b1, c71);
            }

            if (TRows.Count > 8)
            {
                var x = TSimd.Broadcast(a6[s2]);
                c80 = TSimd.FusedMultiplyAdd(x, b0, c80);
                c81 = TSimd.FusedMultiplyAdd(x, b1, c81);
            }

            if (TRows.Count > 9)
            {
                var x = TSimd.Broadcast(*a9);
                c90 = TSimd.FusedMultiplyAdd(x, b0, c90);
                c91 = TSimd.FusedMultiplyAdd(x, b1, c91);
            }

            if (TRows.Count > 10)
            {
                var x = TSimd.Broadcast(a9[s]);
                c100 = TSimd.FusedMultiplyAdd(x, b0, c100);
                c101 = TSimd.FusedMultiplyAdd(x, b1, c101);
            }

            if (TRows.Count > 11)
            {
                var x = TSimd.Broadcast(a9[s2]);
                c110 = TSimd.FusedMultiplyAdd(x, b0, c110);
                c111 = TSimd.FusedMultiplyAdd(x, b1, c111);
            }

            if (TRows.Count > 12)
            {
                var x = TSimd.Broadcast(*a12);
                c120 = TSimd.FusedMultiplyAdd(x, b0, c120);
                c121 = TSimd.FusedMultiplyAdd(x, b1, c121);
            }

            if (TRows.Count > 13)
            {
                var x = TSimd.Broadcast(a12[s]);
                c130 = TSimd.FusedMultiplyAdd(x, b0, c130);
                c131 = TSimd.FusedMultiplyAdd(x, b1, c131);
            }

            a0 += stepA;
            if (TRows.Count > 3)
                a3 += stepA;
            if (TRows.Count > 6)
                a6 += stepA;
            if (TRows.Count > 9)
                a9 += stepA;
            if (TRows.Count > 12)
                a12 += stepA;
        }

        if (!t->Finish)
        {
            var sums = t->Sums;
            var stride = t->RowStrideSums;
            if (TRows.Count > 0)
                Store(c00, c01, sums + (0 * stride));
            if (TRows.Count > 1)
                Store(c10, c11, sums + (1 * stride));
            if (TRows.Count > 2)
                Store(c20, c21, sums + (2 * stride));
            if (TRows.Count > 3)
                Store(c30, c31, sums + (3 * stride));
            if (TRows.Count > 4)
                Store(c40, c41, sums + (4 * stride));
            if (TRows.Count > 5)
                Store(c50, c51, sums + (5 * stride));
            if (TRows.Count > 6)
                Store(c60, c61, sums + (6 * stride));
            if (TRows.Count > 7)
                Store(c70, c71, sums + (7 * stride));
            if (TRows.Count > 8)
                Store(c80, c81, sums + (8 * stride));
            if (TRows.Count > 9)
                Store(c90, c91, sums + (9 * stride));
            if (TRows.Count > 10)
                Store(c100, c101, sums + (10 * stride));
            if (TRows.Count > 11)
                Store(c110, c111, sums + (11 * stride));
            if (TRows.Count > 12)
                Store(c120, c121, sums + (12 * stride));
            if (TRows.Count > 13)
                Store(c130, c131, sums + (13 * stride));
            return;
        }

        var c = t->C;
        var rowStrideC = t->RowStrideC;
        var alpha = TSimd.Broadcast(t->Alpha);
        var beta = TSimd.Broadcast(t->Beta);
        var old = t->Beta != 0;
        if (TRows.Count > 0)
            Finish(c00, c01, alpha, beta, old, c + (0 * rowStrideC));
        if (TRows.Count > 1)
            Finish(c10, c11, alpha, beta, old, c + (1 * rowStrideC));
        if (TRows.Count > 2)
            Finish(c20, c21, alpha, beta, old, c + (2 * rowStrideC));
        if (TRows.Count > 3)
            Finish(c30, c31, alpha, beta, old, c + (3 * rowStrideC));
        if (TRows.Count > 4)
            Finish(c40, c41, alpha, beta, old, c + (4 * rowStrideC));
        if (TRows.Count > 5)
            Finish(c50, c51, alpha, beta, old, c + (5 * rowStrideC));
        if (TRows.Count > 6)
            Finish(c60, c61, alpha, beta, old, c + (6 * rowStrideC));
        if (TRows.Count > 7)
            Finish(c70, c71, alpha, beta, old, c + (7 * rowStrideC));
        if (TRows.Count > 8)
            Finish(c80, c81, alpha, beta, old, c + (8 * rowStrideC));
        if (TRows.Count > 9)
            Finish(c90, c91, alpha, beta, old, c + (9 * rowStrideC));
        if (TRows.Count > 10)
            Finish(c100, c101, alpha, beta, old, c + (10 * rowStrideC));
        if (TRows.Count > 11)
            Finish(c110, c111, alpha, beta, old, c + (11 * rowStrideC));
        if (TRows.Count > 12)
            Finish(c120, c121, alpha, beta, old, c + (12 * rowStrideC));
        if (TRows.Count > 13)
            Finish(c130, c131, alpha, beta, old, c + (13 * rowStrideC));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T first, T second, double* to)
    {
        TSimd.Store(first, to);
        TSimd.Store(second, to + TSimd.Count);
    }

    /// <summary>c = alpha·sum + 0, or beta·c + that, which rounds twice in all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(T first, T second, T alpha, T beta, bool old, double* c)
    {
        first = TSimd.FusedMultiplyAdd(alpha, first, TSimd.Zero);
        second = TSimd.FusedMultiplyAdd(alpha, second, TSimd.Zero);
        if (old)
        {
            first = TSimd.FusedMultiplyAdd(beta, TSimd.Load(c), first);
            second = TSimd.FusedMultiplyAdd(beta, TSimd.Load(c + TSimd.Count), second);
        }

        Store(first, second, c);
    }
}
