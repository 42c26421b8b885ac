// Longer than other files: one line a row of the tile, because the accumulators must be locals of their own to live in registers.
using System.Numerics;
using System.Runtime.CompilerServices;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>How many rows a tile has; a type, so that the unused rows vanish when the tile is compiled.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

/// <summary>
/// The one kernel behind products and convolutions: up to 14 rows by two registers, each output a chain of fused multiply-adds in a register.
/// See <see cref="TileArguments"/>.
/// </summary>
internal readonly unsafe struct Tile<TSimd, T, TRows>
    where TSimd : struct, ISimd<T>
    where T : struct
    where TRows : struct, IRows
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(TileArguments* t)
    {
        var width = TSimd.Count;
        var c = t->C;
        var rowStrideC = t->RowStrideC;
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
            if (TRows.Count > 0)
                (c00, c01) = (TSimd.Load(c + (0 * rowStrideC)), TSimd.Load(c + (0 * rowStrideC) + width));
            if (TRows.Count > 1)
                (c10, c11) = (TSimd.Load(c + (1 * rowStrideC)), TSimd.Load(c + (1 * rowStrideC) + width));
            if (TRows.Count > 2)
                (c20, c21) = (TSimd.Load(c + (2 * rowStrideC)), TSimd.Load(c + (2 * rowStrideC) + width));
            if (TRows.Count > 3)
                (c30, c31) = (TSimd.Load(c + (3 * rowStrideC)), TSimd.Load(c + (3 * rowStrideC) + width));
            if (TRows.Count > 4)
                (c40, c41) = (TSimd.Load(c + (4 * rowStrideC)), TSimd.Load(c + (4 * rowStrideC) + width));
            if (TRows.Count > 5)
                (c50, c51) = (TSimd.Load(c + (5 * rowStrideC)), TSimd.Load(c + (5 * rowStrideC) + width));
            if (TRows.Count > 6)
                (c60, c61) = (TSimd.Load(c + (6 * rowStrideC)), TSimd.Load(c + (6 * rowStrideC) + width));
            if (TRows.Count > 7)
                (c70, c71) = (TSimd.Load(c + (7 * rowStrideC)), TSimd.Load(c + (7 * rowStrideC) + width));
            if (TRows.Count > 8)
                (c80, c81) = (TSimd.Load(c + (8 * rowStrideC)), TSimd.Load(c + (8 * rowStrideC) + width));
            if (TRows.Count > 9)
                (c90, c91) = (TSimd.Load(c + (9 * rowStrideC)), TSimd.Load(c + (9 * rowStrideC) + width));
            if (TRows.Count > 10)
                (c100, c101) = (TSimd.Load(c + (10 * rowStrideC)), TSimd.Load(c + (10 * rowStrideC) + width));
            if (TRows.Count > 11)
                (c110, c111) = (TSimd.Load(c + (11 * rowStrideC)), TSimd.Load(c + (11 * rowStrideC) + width));
            if (TRows.Count > 12)
                (c120, c121) = (TSimd.Load(c + (12 * rowStrideC)), TSimd.Load(c + (12 * rowStrideC) + width));
            if (TRows.Count > 13)
                (c130, c131) = (TSimd.Load(c + (13 * rowStrideC)), TSimd.Load(c + (13 * rowStrideC) + width));
        }

        // Rows are reached as base + 0, 1 or 2 strides: three addresses from one pointer keep general registers free.
        var s = t->RowStride;
        var s2 = 2 * s;
        var stepA = t->StepA;
        var stepB = t->StepB;
        var b = t->B;
        var a0 = t->A;
        var a3 = a0 + (3 * s);
        var a6 = a0 + (6 * s);
        var a9 = a0 + (9 * s);
        var a12 = a0 + (12 * s);
        for (var shard = 0; ; shard++)
        {
            var last = shard == t->Shards - 1;
            var steps = last ? t->LastInner : t->Inner;
            var joined = 1u << BitOperations.TrailingZeroCount(~shard);
            for (var outer = t->Outer; outer > 0; outer--)
            {
                for (var inner = steps; inner > 0; inner--)
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

                b += t->JumpB;
                a0 += t->JumpA;
                if (TRows.Count > 3)
                    a3 += t->JumpA;
                if (TRows.Count > 6)
                    a6 += t->JumpA;
                if (TRows.Count > 9)
                    a9 += t->JumpA;
                if (TRows.Count > 12)
                    a12 += t->JumpA;
            }

            // As in a binary counter: shard 7 is joined with 6, then with 4-5, then with 0-3, and is stored as level 3.
            for (var merge = last ? (uint)shard : joined - 1; merge != 0; merge &= merge - 1)
            {
                var level = t->Levels + (BitOperations.TrailingZeroCount(merge) * TRows.Count * 2 * width);
                if (TRows.Count > 0)
                    (c00, c01) = (TSimd.Add(TSimd.Load(level + (0 * width)), c00), TSimd.Add(TSimd.Load(level + (1 * width)), c01));
                if (TRows.Count > 1)
                    (c10, c11) = (TSimd.Add(TSimd.Load(level + (2 * width)), c10), TSimd.Add(TSimd.Load(level + (3 * width)), c11));
                if (TRows.Count > 2)
                    (c20, c21) = (TSimd.Add(TSimd.Load(level + (4 * width)), c20), TSimd.Add(TSimd.Load(level + (5 * width)), c21));
                if (TRows.Count > 3)
                    (c30, c31) = (TSimd.Add(TSimd.Load(level + (6 * width)), c30), TSimd.Add(TSimd.Load(level + (7 * width)), c31));
                if (TRows.Count > 4)
                    (c40, c41) = (TSimd.Add(TSimd.Load(level + (8 * width)), c40), TSimd.Add(TSimd.Load(level + (9 * width)), c41));
                if (TRows.Count > 5)
                    (c50, c51) = (TSimd.Add(TSimd.Load(level + (10 * width)), c50), TSimd.Add(TSimd.Load(level + (11 * width)), c51));
                if (TRows.Count > 6)
                    (c60, c61) = (TSimd.Add(TSimd.Load(level + (12 * width)), c60), TSimd.Add(TSimd.Load(level + (13 * width)), c61));
                if (TRows.Count > 7)
                    (c70, c71) = (TSimd.Add(TSimd.Load(level + (14 * width)), c70), TSimd.Add(TSimd.Load(level + (15 * width)), c71));
                if (TRows.Count > 8)
                    (c80, c81) = (TSimd.Add(TSimd.Load(level + (16 * width)), c80), TSimd.Add(TSimd.Load(level + (17 * width)), c81));
                if (TRows.Count > 9)
                    (c90, c91) = (TSimd.Add(TSimd.Load(level + (18 * width)), c90), TSimd.Add(TSimd.Load(level + (19 * width)), c91));
                if (TRows.Count > 10)
                    (c100, c101) = (TSimd.Add(TSimd.Load(level + (20 * width)), c100), TSimd.Add(TSimd.Load(level + (21 * width)), c101));
                if (TRows.Count > 11)
                    (c110, c111) = (TSimd.Add(TSimd.Load(level + (22 * width)), c110), TSimd.Add(TSimd.Load(level + (23 * width)), c111));
                if (TRows.Count > 12)
                    (c120, c121) = (TSimd.Add(TSimd.Load(level + (24 * width)), c120), TSimd.Add(TSimd.Load(level + (25 * width)), c121));
                if (TRows.Count > 13)
                    (c130, c131) = (TSimd.Add(TSimd.Load(level + (26 * width)), c130), TSimd.Add(TSimd.Load(level + (27 * width)), c131));
            }

            if (last)
                break;
            var partial = t->Levels + (BitOperations.TrailingZeroCount(joined) * TRows.Count * 2 * width);
            if (TRows.Count > 0)
            {
                TSimd.Store(c00, partial + (0 * width));
                TSimd.Store(c01, partial + (1 * width));
                c00 = c01 = TSimd.Zero;
            }

            if (TRows.Count > 1)
            {
                TSimd.Store(c10, partial + (2 * width));
                TSimd.Store(c11, partial + (3 * width));
                c10 = c11 = TSimd.Zero;
            }

            if (TRows.Count > 2)
            {
                TSimd.Store(c20, partial + (4 * width));
                TSimd.Store(c21, partial + (5 * width));
                c20 = c21 = TSimd.Zero;
            }

            if (TRows.Count > 3)
            {
                TSimd.Store(c30, partial + (6 * width));
                TSimd.Store(c31, partial + (7 * width));
                c30 = c31 = TSimd.Zero;
            }

            if (TRows.Count > 4)
            {
                TSimd.Store(c40, partial + (8 * width));
                TSimd.Store(c41, partial + (9 * width));
                c40 = c41 = TSimd.Zero;
            }

            if (TRows.Count > 5)
            {
                TSimd.Store(c50, partial + (10 * width));
                TSimd.Store(c51, partial + (11 * width));
                c50 = c51 = TSimd.Zero;
            }

            if (TRows.Count > 6)
            {
                TSimd.Store(c60, partial + (12 * width));
                TSimd.Store(c61, partial + (13 * width));
                c60 = c61 = TSimd.Zero;
            }

            if (TRows.Count > 7)
            {
                TSimd.Store(c70, partial + (14 * width));
                TSimd.Store(c71, partial + (15 * width));
                c70 = c71 = TSimd.Zero;
            }

            if (TRows.Count > 8)
            {
                TSimd.Store(c80, partial + (16 * width));
                TSimd.Store(c81, partial + (17 * width));
                c80 = c81 = TSimd.Zero;
            }

            if (TRows.Count > 9)
            {
                TSimd.Store(c90, partial + (18 * width));
                TSimd.Store(c91, partial + (19 * width));
                c90 = c91 = TSimd.Zero;
            }

            if (TRows.Count > 10)
            {
                TSimd.Store(c100, partial + (20 * width));
                TSimd.Store(c101, partial + (21 * width));
                c100 = c101 = TSimd.Zero;
            }

            if (TRows.Count > 11)
            {
                TSimd.Store(c110, partial + (22 * width));
                TSimd.Store(c111, partial + (23 * width));
                c110 = c111 = TSimd.Zero;
            }

            if (TRows.Count > 12)
            {
                TSimd.Store(c120, partial + (24 * width));
                TSimd.Store(c121, partial + (25 * width));
                c120 = c121 = TSimd.Zero;
            }

            if (TRows.Count > 13)
            {
                TSimd.Store(c130, partial + (26 * width));
                TSimd.Store(c131, partial + (27 * width));
                c130 = c131 = TSimd.Zero;
            }
        }

        if (t->Bias != null)
        {
            T bias0 = TSimd.Load(t->Bias), bias1 = TSimd.Load(t->Bias + width);
            T scale0 = TSimd.Load(t->Scale), scale1 = TSimd.Load(t->Scale + width);
            T shift0 = TSimd.Load(t->Shift), shift1 = TSimd.Load(t->Shift + width);
            if (TRows.Count > 0)
            {
                c00 = TSimd.FusedMultiplyAdd(TSimd.Add(c00, bias0), scale0, shift0);
                c01 = TSimd.FusedMultiplyAdd(TSimd.Add(c01, bias1), scale1, shift1);
            }

            if (TRows.Count > 1)
            {
                c10 = TSimd.FusedMultiplyAdd(TSimd.Add(c10, bias0), scale0, shift0);
                c11 = TSimd.FusedMultiplyAdd(TSimd.Add(c11, bias1), scale1, shift1);
            }

            if (TRows.Count > 2)
            {
                c20 = TSimd.FusedMultiplyAdd(TSimd.Add(c20, bias0), scale0, shift0);
                c21 = TSimd.FusedMultiplyAdd(TSimd.Add(c21, bias1), scale1, shift1);
            }

            if (TRows.Count > 3)
            {
                c30 = TSimd.FusedMultiplyAdd(TSimd.Add(c30, bias0), scale0, shift0);
                c31 = TSimd.FusedMultiplyAdd(TSimd.Add(c31, bias1), scale1, shift1);
            }

            if (TRows.Count > 4)
            {
                c40 = TSimd.FusedMultiplyAdd(TSimd.Add(c40, bias0), scale0, shift0);
                c41 = TSimd.FusedMultiplyAdd(TSimd.Add(c41, bias1), scale1, shift1);
            }

            if (TRows.Count > 5)
            {
                c50 = TSimd.FusedMultiplyAdd(TSimd.Add(c50, bias0), scale0, shift0);
                c51 = TSimd.FusedMultiplyAdd(TSimd.Add(c51, bias1), scale1, shift1);
            }

            if (TRows.Count > 6)
            {
                c60 = TSimd.FusedMultiplyAdd(TSimd.Add(c60, bias0), scale0, shift0);
                c61 = TSimd.FusedMultiplyAdd(TSimd.Add(c61, bias1), scale1, shift1);
            }

            if (TRows.Count > 7)
            {
                c70 = TSimd.FusedMultiplyAdd(TSimd.Add(c70, bias0), scale0, shift0);
                c71 = TSimd.FusedMultiplyAdd(TSimd.Add(c71, bias1), scale1, shift1);
            }

            if (TRows.Count > 8)
            {
                c80 = TSimd.FusedMultiplyAdd(TSimd.Add(c80, bias0), scale0, shift0);
                c81 = TSimd.FusedMultiplyAdd(TSimd.Add(c81, bias1), scale1, shift1);
            }

            if (TRows.Count > 9)
            {
                c90 = TSimd.FusedMultiplyAdd(TSimd.Add(c90, bias0), scale0, shift0);
                c91 = TSimd.FusedMultiplyAdd(TSimd.Add(c91, bias1), scale1, shift1);
            }

            if (TRows.Count > 10)
            {
                c100 = TSimd.FusedMultiplyAdd(TSimd.Add(c100, bias0), scale0, shift0);
                c101 = TSimd.FusedMultiplyAdd(TSimd.Add(c101, bias1), scale1, shift1);
            }

            if (TRows.Count > 11)
            {
                c110 = TSimd.FusedMultiplyAdd(TSimd.Add(c110, bias0), scale0, shift0);
                c111 = TSimd.FusedMultiplyAdd(TSimd.Add(c111, bias1), scale1, shift1);
            }

            if (TRows.Count > 12)
            {
                c120 = TSimd.FusedMultiplyAdd(TSimd.Add(c120, bias0), scale0, shift0);
                c121 = TSimd.FusedMultiplyAdd(TSimd.Add(c121, bias1), scale1, shift1);
            }

            if (TRows.Count > 13)
            {
                c130 = TSimd.FusedMultiplyAdd(TSimd.Add(c130, bias0), scale0, shift0);
                c131 = TSimd.FusedMultiplyAdd(TSimd.Add(c131, bias1), scale1, shift1);
            }

            if (t->Relu)
            {
                if (TRows.Count > 0)
                    (c00, c01) = (TSimd.Relu(c00), TSimd.Relu(c01));
                if (TRows.Count > 1)
                    (c10, c11) = (TSimd.Relu(c10), TSimd.Relu(c11));
                if (TRows.Count > 2)
                    (c20, c21) = (TSimd.Relu(c20), TSimd.Relu(c21));
                if (TRows.Count > 3)
                    (c30, c31) = (TSimd.Relu(c30), TSimd.Relu(c31));
                if (TRows.Count > 4)
                    (c40, c41) = (TSimd.Relu(c40), TSimd.Relu(c41));
                if (TRows.Count > 5)
                    (c50, c51) = (TSimd.Relu(c50), TSimd.Relu(c51));
                if (TRows.Count > 6)
                    (c60, c61) = (TSimd.Relu(c60), TSimd.Relu(c61));
                if (TRows.Count > 7)
                    (c70, c71) = (TSimd.Relu(c70), TSimd.Relu(c71));
                if (TRows.Count > 8)
                    (c80, c81) = (TSimd.Relu(c80), TSimd.Relu(c81));
                if (TRows.Count > 9)
                    (c90, c91) = (TSimd.Relu(c90), TSimd.Relu(c91));
                if (TRows.Count > 10)
                    (c100, c101) = (TSimd.Relu(c100), TSimd.Relu(c101));
                if (TRows.Count > 11)
                    (c110, c111) = (TSimd.Relu(c110), TSimd.Relu(c111));
                if (TRows.Count > 12)
                    (c120, c121) = (TSimd.Relu(c120), TSimd.Relu(c121));
                if (TRows.Count > 13)
                    (c130, c131) = (TSimd.Relu(c130), TSimd.Relu(c131));
            }
        }

        if (TRows.Count > 0)
        {
            TSimd.Store(c00, c);
            TSimd.Store(c01, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 1)
        {
            TSimd.Store(c10, c);
            TSimd.Store(c11, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 2)
        {
            TSimd.Store(c20, c);
            TSimd.Store(c21, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 3)
        {
            TSimd.Store(c30, c);
            TSimd.Store(c31, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 4)
        {
            TSimd.Store(c40, c);
            TSimd.Store(c41, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 5)
        {
            TSimd.Store(c50, c);
            TSimd.Store(c51, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 6)
        {
            TSimd.Store(c60, c);
            TSimd.Store(c61, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 7)
        {
            TSimd.Store(c70, c);
            TSimd.Store(c71, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 8)
        {
            TSimd.Store(c80, c);
            TSimd.Store(c81, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 9)
        {
            TSimd.Store(c90, c);
            TSimd.Store(c91, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 10)
        {
            TSimd.Store(c100, c);
            TSimd.Store(c101, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 11)
        {
            TSimd.Store(c110, c);
            TSimd.Store(c111, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 12)
        {
            TSimd.Store(c120, c);
            TSimd.Store(c121, c + width);
            c += rowStrideC;
        }

        if (TRows.Count > 13)
        {
            TSimd.Store(c130, c);
            TSimd.Store(c131, c + width);
            c += rowStrideC;
        }
    }
}
