namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Rows and columns of the transposed result that one task keeps: 48 by 128 floats are 24 KB.
    private const int TransposedRows = 48;
    private const int TransposedColumns = 128;

    /// <summary>
    /// dx = dy·weightᵀ, computed as its transpose weight·dyᵀ, because then the large matrix is read as it lies and only dy and the result are turned.
    /// </summary>
    internal override void DenseInputGradient(in DenseShape shape, float* dy, float* weight, float* dx)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var job = new InputGradientJob { Shape = shape, Dy = dy, Weight = weight, Dx = dx };
        job.Packed = Scratch.Get(Workspace.Block.Packed, (long)RoundUp(shape.Rows, columns) * shape.Outputs);
        job.PackedA = RoundUp(TransposedRows * (shape.Outputs + 16), 16);
        job.ThreadLength = job.PackedA + (TransposedRows * TransposedColumns);
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, (long)job.ThreadLength * Team.Threads);
        Team.Run(Divide(shape.Rows, columns), &PackInputGradientTask, &job);
        Team.Run(Divide(shape.Inputs, TransposedRows), &InputGradientTask, &job);
    }

    private static void PackInputGradientTask(void* state, int task, int thread)
    {
        var job = (InputGradientJob*)state;
        var (rows, _, outputs) = job->Shape;
        var first = task * Tiles<TSimd, T>.Columns;
        PackColumns(job->Dy + ((nint)first * outputs), 1, outputs, outputs, Math.Min(Tiles<TSimd, T>.Columns, rows - first), job->Packed + ((nint)first * outputs));
    }

    private static void InputGradientTask(void* state, int task, int thread)
    {
        var job = (InputGradientJob*)state;
        var (batch, inputs, outputs) = job->Shape;
        var columns = Tiles<TSimd, T>.Columns;
        var packedA = job->Scratch + ((nint)job->ThreadLength * thread);
        var result = packedA + job->PackedA;
        var firstRow = task * TransposedRows;
        var rows = Math.Min(TransposedRows, inputs - firstRow);
        var cut = Tiles<TSimd, T>.Cut(rows);
        TileArguments t;
        t.Outer = t.Shards = 1;
        t.JumpA = t.JumpB = 0;
        t.StepA = 1;
        t.StepB = columns;
        t.RowStrideC = TransposedColumns;
        t.Bias = null;
        t.RowStride = outputs + 16;
        for (var r = 0; r < rows; r++)
            Buffer.MemoryCopy(job->Weight + ((nint)(firstRow + r) * outputs), packedA + (r * t.RowStride), outputs * sizeof(float), outputs * sizeof(float));
        for (var firstColumn = 0; firstColumn < batch; firstColumn += TransposedColumns)
        {
            var endColumn = Math.Min(batch, firstColumn + TransposedColumns);
            for (var k = 0; k < outputs; k += BlockK)
            {
                var depth = Math.Min(BlockK, outputs - k);
                t.Inner = t.LastInner = depth;
                t.Continue = k > 0;
                for (var column = firstColumn; column < endColumn; column += columns)
                {
                    for (var tile = 0; tile < cut.Tiles; tile++)
                    {
                        var first = cut.First(tile);
                        t.A = packedA + (first * t.RowStride) + k;
                        t.B = job->Packed + ((nint)column * outputs) + (k * columns);
                        t.C = result + (first * TransposedColumns) + (column - firstColumn);
                        Tiles<TSimd, T>.Run(cut.Rows(tile), &t);
                    }
                }
            }

            for (var row = firstColumn; row < endColumn; row++)
            {
                var from = result + (row - firstColumn);
                var to = job->Dx + ((nint)row * inputs) + firstRow;
                for (var i = 0; i < rows; i++)
                    to[i] = from[i * TransposedColumns];
            }
        }
    }

    private struct InputGradientJob
    {
        internal DenseShape Shape;
        internal float* Dy;
        internal float* Weight;
        internal float* Dx;
        internal float* Packed;
        internal int PackedA;
        internal float* Scratch;
        internal int ThreadLength;
    }
}
