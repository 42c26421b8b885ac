using System.Runtime.CompilerServices;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void Penalty(int length, float l1, float l2, float* weights, float* penalty);

    internal abstract void PenaltyGradient(int length, float l1, float l2, float* weights, float* gradient);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    private const int TaskBlocks = ElementwiseTask / IKernels.PenaltyBlock;

    internal override void Penalty(int length, float l1, float l2, float* weights, float* penalty)
    {
        var blocks = Divide(length, IKernels.PenaltyBlock);
        var job = new PenaltyJob { Length = length, Blocks = blocks, Weights = weights };
        job.Sums = (double*)Scratch.Get(Workspace.Block.Shards, 4L * blocks);
        Team.Run(Divide(blocks, TaskBlocks), &PenaltyTask, &job);
        var sum = ScalarMeaning.Tree(new Span<double>(job.Sums, blocks));
        *penalty = ScalarMeaning.Penalty(l1, l2, sum, ScalarMeaning.Tree(new Span<double>(job.Sums + blocks, blocks)));
    }

    internal override void PenaltyGradient(int length, float l1, float l2, float* weights, float* gradient)
        => Sweep(length, &PenaltyGradientTask, new SweepJob { X = weights, Y = gradient, L1 = l1, TwiceL2 = 2f * l2 });

    // Four blocks side by side: a chain of doubles waits four cycles for its last sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PenaltyTask(void* state, int task, int thread)
    {
        const int Size = IKernels.PenaltyBlock;
        var job = (PenaltyJob*)state;
        double* sums = job->Sums, squares = sums + job->Blocks;
        var end = Math.Min(job->Blocks, (task + 1) * TaskBlocks);
        var block = task * TaskBlocks;
        for (; block + 4 <= end && (block + 4) * Size <= job->Length; block += 4)
        {
            var w = job->Weights + ((nint)block * Size);
            var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
            var (q0, q1, q2, q3) = (0.0, 0.0, 0.0, 0.0);
            for (nint i = 0; i < Size; i++)
            {
                double w0 = w[i], w1 = w[Size + i], w2 = w[(2 * Size) + i], w3 = w[(3 * Size) + i];
                s0 += Math.Abs(w0);
                s1 += Math.Abs(w1);
                s2 += Math.Abs(w2);
                s3 += Math.Abs(w3);
                q0 = Math.FusedMultiplyAdd(w0, w0, q0);
                q1 = Math.FusedMultiplyAdd(w1, w1, q1);
                q2 = Math.FusedMultiplyAdd(w2, w2, q2);
                q3 = Math.FusedMultiplyAdd(w3, w3, q3);
            }

            (sums[block], sums[block + 1], sums[block + 2], sums[block + 3]) = (s0, s1, s2, s3);
            (squares[block], squares[block + 1], squares[block + 2], squares[block + 3]) = (q0, q1, q2, q3);
        }

        for (; block < end; block++)
        {
            var (s, q) = (0.0, 0.0);
            var last = Math.Min(job->Length, ((nint)block + 1) * Size);
            for (var i = (nint)block * Size; i < last; i++)
            {
                double w = job->Weights[i];
                s += Math.Abs(w);
                q = Math.FusedMultiplyAdd(w, w, q);
            }

            (sums[block], squares[block]) = (s, q);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PenaltyGradientTask(void* state, int task, int thread)
    {
        var job = (SweepJob*)state;
        var (i, end) = ((nint)task * ElementwiseTask, End(job, task));
        var (l1, twice) = (TSimd.Broadcast(job->L1), TSimd.Broadcast(job->TwiceL2));
        var back = TSimd.Broadcast(-job->L1);
        for (; i + TSimd.Count <= end; i += TSimd.Count)
        {
            var w = TSimd.Load(job->X + i);
            var sign = TSimd.Select(w, l1, TSimd.WherePositive(TSimd.Subtract(TSimd.Zero, w), back));
            TSimd.Store(TSimd.Add(TSimd.FusedMultiplyAdd(twice, w, TSimd.Load(job->Y + i)), sign), job->Y + i);
        }

        for (; i < end; i++)
        {
            var w = job->X[i];
            job->Y[i] = MathF.FusedMultiplyAdd(job->TwiceL2, w, job->Y[i]) + (w > 0f ? job->L1 : 0f > w ? -job->L1 : 0f);
        }
    }

    private struct PenaltyJob
    {
        internal int Length;
        internal int Blocks;
        internal float* Weights;
        internal double* Sums;
    }
}
