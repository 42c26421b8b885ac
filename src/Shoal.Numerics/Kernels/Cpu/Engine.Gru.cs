using Shoal.Numerics.Simd;

namespace Shoal.Numerics.Kernels.Cpu;

internal sealed unsafe partial class Engine<TSimd, T>
{
    internal override void GruForward(in RecurrentShape s, bool resetAfter, in RecurrentPointers p)
    {
        var (units, width) = (s.Units, 3 * s.Units);
        var together = resetAfter ? width : 2 * units;
        var panels = Scratch.Get(Workspace.Block.Panels, PanelLength(units, together) + PanelLength(units, units));
        var more = panels + PanelLength(units, together);
        PackPanels(p.Recurrent, width, 1, units, together, panels);
        if (!resetAfter)
            PackPanels(p.Recurrent + together, width, 1, units, units, more);
        var rows = SliceRows(s, width, p.Gates != null);
        for (var first = 0; first < s.Rows; first += rows)
        {
            var slice = s with { Rows = Math.Min(rows, s.Rows - first) };
            var arrays = p;
            arrays.X += (nint)first * s.Steps * s.Inputs;
            arrays.Y += (nint)first * (s.Sequences ? s.Steps : 1) * units;
            if (p.Mask != null)
                arrays.Mask += (nint)first * s.Steps;
            var job = new RecurrentJob
            {
                Shape = slice,
                Arrays = arrays,
                Width = width,
                Panels = panels,
                MorePanels = more,
                Gates = InputProduct(slice, width, arrays),
            };
            if (resetAfter)
                RunRows(&ResetAfterTask, ref job, RoundUp(units, 16) + RoundUp(width, 16) + (2 * RowGap));
            else
                RunRows(&ResetBeforeTask, ref job, 2 * (RoundUp(units, 16) + RowGap));
        }
    }

    internal override void GruGradient(in RecurrentShape s, bool resetAfter, in RecurrentPointers p)
    {
        var (units, width) = (s.Units, 3 * s.Units);
        var job = new RecurrentJob { Shape = s, Arrays = p, Width = width, Gates = p.Gates };
        var first = resetAfter ? width : 2 * units;
        job.Panels = Scratch.Get(Workspace.Block.Panels, PanelLength(first, units) + PanelLength(units, units));
        job.MorePanels = job.Panels + PanelLength(first, units);
        PackPanels(p.Recurrent, 1, width, first, units, job.Panels);
        if (resetAfter)
        {
            RunRows(&ResetAfterGradientTask, ref job, RoundUp(units, 16) + RoundUp(width, 16) + (2 * RowGap));
            InputGradients(s, width, p);
            StateGradient(s, width, p.States, p.Second, p.DRecurrent, p.DBias + width);
            return;
        }

        PackPanels(p.Recurrent + first, 1, width, units, units, job.MorePanels);
        RunRows(&ResetBeforeGradientTask, ref job, (2 * (RoundUp(units, 16) + RowGap)) + RoundUp(width, 16) + RowGap);
        InputGradients(s, width, p);
        StateGradient(s, width, p.States, p.Gates, p.DRecurrent, null);
        var other = Scratch.Get(Workspace.Block.Gates, (long)units * width);
        StateGradient(s, width, p.Second, p.Gates, other, null);
        for (nint k = 0; k < units; k++)
            Buffer.MemoryCopy(other + (k * width) + first, p.DRecurrent + (k * width) + first, units * sizeof(float), units * sizeof(float));
    }

    private static void ResetAfterTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var hidden = job->Scratch + (job->ThreadLength * thread);
        var parts = hidden + ((nint)job->TaskRows * stride);
        var edge = parts + ((nint)job->TaskRows * job->WideStride);
        new Span<float>(hidden, job->TaskRows * stride).Clear();
        var bias = new ReadOnlySpan<float>(p.Bias + job->Width, job->Width);
        var whole = (nint)(s.Units / TSimd.Count * TSimd.Count);
        GruRow row;
        row.Units = s.Units;
        row.DReset = null;
        for (var step = 0; step < s.Steps; step++)
        {
            for (var r = 0; r < count; r++)
                bias.CopyTo(new Span<float>(parts + ((nint)r * job->WideStride), job->Width));
            if (step > 0)
                AddProduct(hidden, stride, count, s.Units, job->Panels, job->Width, parts, job->WideStride, edge);
            for (var r = 0; r < count; r++)
            {
                var at = ((nint)(firstRow + r) * s.Steps) + s.Position(step);
                row.Gates = job->Gates + (at * job->Width);
                row.Part = parts + ((nint)r * job->WideStride);
                row.KeptPart = p.Gates != null ? p.Second + (at * job->Width) : null;
                row.State = hidden + ((nint)r * stride);
                row.Kept = p.Gates != null ? p.States + (at * s.Units) : null;
                row.Y = job->Given(firstRow + r, step);
                if (Counts(p.Mask, at))
                {
                    GruCell<TSimd, T>.ResetAfter(&row, 0, whole);
                    GruCell<Scalar, float>.ResetAfter(&row, whole, s.Units);
                }
                else
                {
                    GruKeep(&row);
                }
            }
        }
    }

    private static void ResetBeforeTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var hidden = job->Scratch + (job->ThreadLength * thread);
        var resets = hidden + ((nint)job->TaskRows * stride);
        var edge = resets + ((nint)job->TaskRows * stride);
        new Span<float>(hidden, 2 * job->TaskRows * stride).Clear();
        var whole = (nint)(s.Units / TSimd.Count * TSimd.Count);
        var strideGates = (nint)s.Steps * job->Width;
        GruRow row;
        row.Units = s.Units;
        row.DReset = null;
        for (var step = 0; step < s.Steps; step++)
        {
            var first = ((nint)firstRow * s.Steps) + s.Position(step);
            var gates = job->Gates + (first * job->Width);
            if (step > 0)
                AddProduct(hidden, stride, count, s.Units, job->Panels, 2 * s.Units, gates, strideGates, edge);
            for (var half = 0; half < 2; half++)
            {
                if (half == 1 && step > 0)
                    AddProduct(resets, stride, count, s.Units, job->MorePanels, s.Units, gates + (2 * s.Units), strideGates, edge);
                for (var r = 0; r < count; r++)
                {
                    var at = first + ((nint)r * s.Steps);
                    row.Gates = job->Gates + (at * job->Width);
                    row.Part = resets + ((nint)r * stride);
                    row.KeptPart = p.Gates != null ? p.Second + (at * s.Units) : null;
                    row.State = hidden + ((nint)r * stride);
                    row.Kept = p.Gates != null ? p.States + (at * s.Units) : null;
                    row.Y = job->Given(firstRow + r, step);
                    if (half == 0)
                        GruFirstHalf(&row, Counts(p.Mask, at), whole);
                    else
                        GruSecondHalf(&row, Counts(p.Mask, at), whole);
                }
            }
        }
    }

    private static void GruFirstHalf(GruRow* row, bool counts, nint whole)
    {
        if (counts)
        {
            GruCell<TSimd, T>.Reset(row, 0, whole);
            GruCell<Scalar, float>.Reset(row, whole, row->Units);
            return;
        }

        // The product for h runs over all rows: a row whose step does not count must hold numbers.
        new Span<float>(row->Part, row->Units).Clear();
        if (row->KeptPart != null)
            new Span<float>(row->KeptPart, row->Units).Clear();
    }

    private static void GruSecondHalf(GruRow* row, bool counts, nint whole)
    {
        if (!counts)
        {
            GruKeep(row);
            return;
        }

        GruCell<TSimd, T>.Candidate(row, 0, whole);
        GruCell<Scalar, float>.Candidate(row, whole, row->Units);
    }

    /// <summary>A step that does not count.</summary>
    private static void GruKeep(GruRow* row)
    {
        var state = new ReadOnlySpan<float>(row->State, row->Units);
        if (row->Kept != null)
            state.CopyTo(new Span<float>(row->Kept, row->Units));
        if (row->Y != null)
            state.CopyTo(new Span<float>(row->Y, row->Units));
    }

    private static void ResetAfterGradientTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var gradient = job->Scratch + (job->ThreadLength * thread);
        var copies = gradient + ((nint)job->TaskRows * stride);
        var edge = copies + ((nint)job->TaskRows * job->WideStride);
        new Span<float>(gradient, job->TaskRows * stride).Clear();
        var whole = (nint)(s.Units / TSimd.Count * TSimd.Count);
        GruRow row;
        row.Units = s.Units;
        row.DReset = null;
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            for (var r = 0; r < count; r++)
            {
                var at = ((nint)(firstRow + r) * s.Steps) + s.Position(step);
                row.Gates = p.Gates + (at * job->Width);
                row.Part = copies + ((nint)r * job->WideStride);
                row.KeptPart = p.Second + (at * job->Width);
                row.State = gradient + ((nint)r * stride);
                row.Kept = p.States + (at * s.Units);
                row.Y = job->Given(firstRow + r, step);
                if (Counts(p.Mask, at))
                {
                    GruCell<TSimd, T>.ResetAfterGradient(&row, 0, whole);
                    GruCell<Scalar, float>.ResetAfterGradient(&row, whole, s.Units);
                }
                else
                {
                    new Span<float>(row.KeptPart, job->Width).Clear();
                    GruKeepGradient(&row, job->Width);
                }
            }

            if (step > 0)
                AddProduct(copies, job->WideStride, count, job->Width, job->Panels, s.Units, gradient, stride, edge);
        }
    }

    private static void ResetBeforeGradientTask(void* state, int task, int thread)
    {
        var job = (RecurrentJob*)state;
        var s = job->Shape;
        ref var p = ref job->Arrays;
        var (firstRow, count, stride) = (task * job->TaskRows, job->Rows(task), job->Stride);
        var gradient = job->Scratch + (job->ThreadLength * thread);
        var dResets = gradient + ((nint)job->TaskRows * stride);
        var copies = dResets + ((nint)job->TaskRows * stride);
        var edge = copies + ((nint)job->TaskRows * job->WideStride);
        new Span<float>(gradient, job->TaskRows * stride).Clear();
        var whole = (nint)(s.Units / TSimd.Count * TSimd.Count);
        GruRow row;
        row.Units = s.Units;
        row.KeptPart = null;
        for (var step = s.Steps - 1; step >= 0; step--)
        {
            for (var half = 0; half < 2; half++)
            {
                if (half == 1)
                    AddProduct(copies + (2 * s.Units), job->WideStride, count, s.Units, job->MorePanels, s.Units, dResets, stride, edge);
                for (var r = 0; r < count; r++)
                {
                    var at = ((nint)(firstRow + r) * s.Steps) + s.Position(step);
                    row.Gates = p.Gates + (at * job->Width);
                    row.Part = copies + ((nint)r * job->WideStride);
                    row.DReset = dResets + ((nint)r * stride);
                    row.State = gradient + ((nint)r * stride);
                    row.Kept = p.States + (at * s.Units);
                    row.Y = job->Given(firstRow + r, step);
                    if (half == 0)
                        GruFirstHalfGradient(&row, Counts(p.Mask, at), whole);
                    else if (Counts(p.Mask, at))
                        GruSecondHalfGradient(&row, whole);
                }
            }

            if (step > 0)
                AddProduct(copies, job->WideStride, count, 2 * s.Units, job->Panels, s.Units, gradient, stride, edge);
        }
    }

    private static void GruFirstHalfGradient(GruRow* row, bool counts, nint whole)
    {
        if (counts)
        {
            GruCell<TSimd, T>.CandidateGradient(row, 0, whole);
            GruCell<Scalar, float>.CandidateGradient(row, whole, row->Units);
            return;
        }

        new Span<float>(row->DReset, row->Units).Clear();
        GruKeepGradient(row, 3 * row->Units);
    }

    private static void GruSecondHalfGradient(GruRow* row, nint whole)
    {
        GruCell<TSimd, T>.ResetGradient(row, 0, whole);
        GruCell<Scalar, float>.ResetGradient(row, whole, row->Units);
    }

    private static void GruKeepGradient(GruRow* row, int width)
    {
        new Span<float>(row->Gates, width).Clear();
        new Span<float>(row->Part, width).Clear();
        AddRow(row->Y, row->State, row->Units);
    }
}
