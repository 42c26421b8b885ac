using System.Runtime.Intrinsics;
using Shoal.Numerics.Kernels.Meaning;
using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // 64 KB of floats, as in the other sweeps.
    private const int SquaresBlocksPerTask = ElementwiseTask / ScalarMeaning.SquaresBlock;

    internal override double SumOfSquares(int length, float* x)
    {
        var blocks = Math.Max(1, Divide(length, ScalarMeaning.SquaresBlock));
        var job = new SquaresJob { Length = length, X = x, Sums = (double*)Scratch.Get(Workspace.Block.Shards, 2L * blocks) };
        job.Sums[0] = 0;
        Team.Run(Divide(length, ElementwiseTask), &SquaresTask, &job);
        return ScalarMeaning.Tree(new Span<double>(job.Sums, blocks));
    }

    private static void SquaresTask(void* state, int task, int thread)
    {
        var job = (SquaresJob*)state;
        var first = (nint)task * SquaresBlocksPerTask;
        for (var block = first; block < first + SquaresBlocksPerTask && block * ScalarMeaning.SquaresBlock < job->Length; block++)
        {
            var x = job->X + (block * ScalarMeaning.SquaresBlock);
            var count = (int)Math.Min(ScalarMeaning.SquaresBlock, job->Length - (block * ScalarMeaning.SquaresBlock));
            job->Sums[block] = TSimd.Count switch
            {
                16 => BlockOfSquares<SimdDouble512, Vector512<double>>.Sum(x, count),
                8 => BlockOfSquares<SimdDouble256, Vector256<double>>.Sum(x, count),
                4 => BlockOfSquares<SimdDouble128, Vector128<double>>.Sum(x, count),
                _ => BlockOfSquares<ScalarDouble, double>.Sum(x, count),
            };
        }
    }

    private struct SquaresJob
    {
        internal int Length;
        internal float* X;
        internal double* Sums;
    }
}
