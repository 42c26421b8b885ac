using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract void MatrixProduct(SingleProduct product);

    /// <summary>c = alpha·a·b + beta·c + bias on bare memory. Each of a and b has two strides, of which one is 1.</summary>
    internal struct SingleProduct
    {
        internal float* A;
        internal nint RowStrideA;
        internal nint StepA;
        internal float* B;
        internal nint StepB;
        internal nint ColumnStrideB;
        internal float* C;
        internal nint RowStrideC;
        internal int Rows;
        internal int Columns;
        internal int Depth;
        internal float Alpha;
        internal float Beta;

        /// <summary>One value a column, or null.</summary>
        internal float* Bias;
        internal bool Relu;
    }
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void MatrixProduct(SingleProduct p)
    {
        if (p.Rows == 0 || p.Columns == 0)
            return;
        ProductJob job = default;
        var asRows = p.StepA == 1 || p.Depth <= 1;
        job.A = asRows ? p.A : TransposeForProduct(p);
        job.RowStrideA = asRows ? p.RowStrideA : p.Depth;
        job.B = p.B;
        (job.StepB, job.ColumnStrideB) = (p.StepB, p.ColumnStrideB);
        (job.Rows, job.Columns, job.Depth) = (p.Rows, p.Columns, p.Depth);
        job.C = p.C;
        (job.RowStrideC, job.Relu) = (p.RowStrideC, p.Relu);

        // The epilogue fma(sum + bias, scale, shift) with bias 0, alpha as scale and the bias as shift.
        job.EpilogueStride = RoundUp(p.Columns, Tiles<TSimd, T>.Columns);
        job.Bias = Scratch.Get(Workspace.Block.Epilogue, 3L * job.EpilogueStride);
        new Span<float>(job.Bias, job.EpilogueStride).Clear();
        new Span<float>(job.Bias + job.EpilogueStride, job.EpilogueStride).Fill(p.Alpha);
        var shift = new Span<float>(job.Bias + (2 * job.EpilogueStride), job.EpilogueStride);
        shift.Clear();

        // + 0: a bias of −0 is +0, as in a dense layer.
        for (var i = 0; p.Bias != null && i < p.Columns; i++)
            shift[i] = p.Bias[i] + 0f;
        if (p.Beta == 0 && p.Depth > 0)
        {
            Product(job);
            return;
        }

        CombineJob combine;
        combine.P = p;
        combine.Shift = job.Bias + (2 * job.EpilogueStride);
        combine.Product = null;
        if (p.Depth > 0)
        {
            combine.Product = job.C = Scratch.Get(Workspace.Block.Packed, (long)p.Rows * p.Columns);
            job.RowStrideC = p.Columns;
            job.Relu = false;
            Product(job);
        }

        Team.Run(p.Rows, &CombineTask, &combine);
    }

    /// <summary>a as rows without gaps; blocks of 16 by 16 stay in L1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float* TransposeForProduct(in SingleProduct p)
    {
        const int Block = 16;
        var copy = Scratch.Get(Workspace.Block.Shards, (long)p.Rows * p.Depth);
        for (var k = 0; k < p.Depth; k += Block)
        {
            var endK = Math.Min(p.Depth, k + Block);
            for (var row = 0; row < p.Rows; row += Block)
            {
                var end = Math.Min(p.Rows, row + Block);
                for (var r = row; r < end; r++)
                {
                    var from = p.A + (r * p.RowStrideA);
                    var to = copy + (r * (nint)p.Depth);
                    for (var i = k; i < endK; i++)
                        to[i] = from[i * p.StepA];
                }
            }
        }

        return copy;
    }

    /// <summary>One row of c = relu?(fma(beta, c, product)); without a depth the product is the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CombineTask(void* state, int row, int thread)
    {
        var job = (CombineJob*)state;
        ref var p = ref job->P;
        var c = p.C + (row * p.RowStrideC);
        var product = job->Product == null ? job->Shift : job->Product + (row * (nint)p.Columns);
        var beta = TSimd.Broadcast(p.Beta);
        nint i = 0;
        for (; i + TSimd.Count <= p.Columns; i += TSimd.Count)
        {
            var value = TSimd.Load(product + i);
            if (p.Beta != 0)
                value = TSimd.FusedMultiplyAdd(beta, TSimd.Load(c + i), value);
            TSimd.Store(p.Relu ? TSimd.Relu(value) : value, c + i);
        }

        for (; i < p.Columns; i++)
        {
            var value = product[i];
            if (p.Beta != 0)
                value = MathF.FusedMultiplyAdd(p.Beta, c[i], value);
            c[i] = p.Relu && value < 0f ? 0f : value;
        }
    }

    private struct CombineJob
    {
        internal SingleProduct P;
        internal float* Product;
        internal float* Shift;
    }
}
