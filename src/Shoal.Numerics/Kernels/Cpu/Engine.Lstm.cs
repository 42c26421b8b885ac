using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void LstmForward(in RecurrentShape s, in RecurrentPointers p)
    {
        var (units, width) = (s.Units, 4 * s.Units);
        var panels = Scratch.Get(Workspace.Block.Panels, PanelLength(units, width));
        PackPanels(p.Recurrent, width, 1, units, width, panels);
        var rows = SliceRows(s, width, p.Gates != null);
        for (var first = 0; first < s.Rows; first += rows)
        {
            var slice = s with { Rows = Math.Min(rows, s.Rows - first) };
            var arrays = p;
            arrays.X += (nint)first * s.Steps * s.Inputs;
            arrays.Y += (nint)first * (s.Sequences ? s.Steps : 1) * units;
            if (p.Mask != null)
                arrays.Mask += (nint)first * s.Steps;
            var job = new RecurrentJob { Shape = slice, Arrays = arrays, Width = width, Panels = panels, Gates = InputProduct(slice, width, arrays) };
            RunRows(&LstmForwardTask, ref job, (2 * (RoundUp(units, 16) + RowGap)));
        }
    }

    internal override void LstmGradient(in RecurrentShape s, in RecurrentPointers p)
    {
        var (units, width) = (s.Units, 4 * s.Units);
        var panels = Scratch.Get(Workspace.Block.Panels, PanelLength(width, units));
        PackPanels(p.Recurrent, 1, width, width, units, panels);
        var job = new RecurrentJob { Shape = s, Arrays = p, Width = width, Panels = panels, Gates = p.Gates };
        RunRows(&LstmGradientTask, ref job, (2 * (RoundUp(units, 16) + RowGap)) + RoundUp(width, 16) + RowGap);
        InputGradients(s, width, p);
        StateGradient(s, width, p.States, p.Gates, p.DRecurrent, null);
    }

    private static void LstmForwardTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var hidden = job->Scratch + (job->ThreadLength * thread);
        var cells = hidden + ((nint)job->TaskRows * stride);
        var zeros = cells + ((nint)job->TaskRows * stride);
        var edge = zeros + job->WideStride;
        new Span<float>(hidden, (2 * job->TaskRows * stride) + job->WideStride).Clear();
        LstmRow row;
        row.Units = s.Units;
        row.DCells = row.Copy = null;
        for (var step = 0; step < s.Steps; step++)
        {
            var position = s.Position(step);
            var first = ((nint)firstRow * s.Steps) + position;
            if (step > 0)
                AddProduct(hidden, stride, count, s.Units, job->Panels, job->Width, job->Gates + (first * job->Width), (nint)s.Steps * job->Width, edge);
            for (var r = 0; r < count; r++)
            {
                var at = first + ((nint)r * s.Steps);
                row.Gates = job->Gates + (at * job->Width);
                row.State = hidden + ((nint)r * stride);
                row.Y = job->Given(firstRow + r, step);
                row.Before = row.Cells = cells + ((nint)r * stride);
                row.Kept = null;
                if (p.Gates != null)
                {
                    row.Cells = p.Second + (at * s.Units);
                    row.Before = step > 0 ? p.Second + ((at - position + s.Position(step - 1)) * s.Units) : zeros;
                    row.Kept = p.States + (at * s.Units);
                }

                if (Counts(p.Mask, at))
                    LstmStep(&row);
                else
                    LstmKeep(&row);
            }
        }
    }

    private static void LstmStep(LstmRow* row)
    {
        var whole = row->Units / TSimd.Count * TSimd.Count;
        LstmCell<TSimd, T>.Forward(row, 0, whole);
        LstmCell<Scalar, float>.Forward(row, whole, row->Units);
    }

    /// <summary>A step that does not count.</summary>
    private static void LstmKeep(LstmRow* row)
    {
        var state = new ReadOnlySpan<float>(row->State, row->Units);
        if (row->Cells != row->Before)
            new ReadOnlySpan<float>(row->Before, row->Units).CopyTo(new Span<float>(row->Cells, row->Units));
        if (row->Kept != null)
            state.CopyTo(new Span<float>(row->Kept, row->Units));
        if (row->Y != null)
            state.CopyTo(new Span<float>(row->Y, row->Units));
    }

    private static void LstmGradientTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var gradient = job->Scratch + (job->ThreadLength * thread);
        var dCells = gradient + ((nint)job->TaskRows * stride);
        var copies = dCells + ((nint)job->TaskRows * stride);
        var zeros = copies + ((nint)job->TaskRows * job->WideStride);
        var edge = zeros + job->WideStride;
        new Span<float>(gradient, 2 * job->TaskRows * stride).Clear();
        new Span<float>(zeros, job->WideStride).Clear();
        LstmRow row;
        row.Units = s.Units;
        row.Kept = null;
        var whole = (nint)(s.Units / TSimd.Count * TSimd.Count);
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            var position = s.Position(step);
            for (var r = 0; r < count; r++)
            {
                var at = ((nint)(firstRow + r) * s.Steps) + position;
                row.Gates = p.Gates + (at * job->Width);
                row.Copy = copies + ((nint)r * job->WideStride);
                row.State = gradient + ((nint)r * stride);
                row.DCells = dCells + ((nint)r * stride);
                row.Y = job->Given(firstRow + r, step);
                row.Cells = p.Second + (at * s.Units);
                row.Before = step > 0 ? p.Second + ((at - position + s.Position(step - 1)) * s.Units) : zeros;
                if (Counts(p.Mask, at))
                {
                    LstmCell<TSimd, T>.Gradient(&row, 0, whole);
                    LstmCell<Scalar, float>.Gradient(&row, whole, s.Units);
                    continue;
                }

                new Span<float>(row.Gates, job->Width).Clear();
                new Span<float>(row.Copy, job->Width).Clear();
                AddRow(row.Y, row.State, s.Units);
            }

            if (step > 0)
                AddProduct(copies, job->WideStride, count, job->Width, job->Panels, s.Units, gradient, stride, edge);
        }
    }

    private static void AddRow(float* from, float* to, int length)
    {
        for (var j = 0; from != null && j < length; j++)
            to[j] += from[j];
    }
}
