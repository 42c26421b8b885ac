namespace Shoal.Numerics.Kernels;

public sealed unsafe partial class CpuKernels
{
    /// <inheritdoc/>
    public void RowLosses(
        LossFormula formula, float parameter, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient)
    {
        Check(rows, outputs);
        if (!Enum.IsDefined(formula))
            throw new ArgumentOutOfRangeException(nameof(formula), (int)formula, "RowLosses: the formula must be one of LossFormula.");
        var length = (long)rows * outputs;
        var (x, t) = (Source(predictions, length), Source(targets, length));
        var (loss, d) = (Destination(losses, rows), Destination(gradient, length));
        _engine.RowLosses(new()
        {
            Formula = formula,
            Parameter = parameter,
            Rows = rows,
            Outputs = outputs,
            X = x.Pointer,
            Targets = t.Pointer,
            Losses = loss.Pointer,
            Gradient = d.Pointer,
        });
        KeepAlive(predictions, targets, losses, gradient);
    }

    /// <inheritdoc/>
    public void ScaleRows(int rows, int columns, Storage factors, Storage values)
    {
        Check(rows, columns);
        var weights = Source(factors, rows);
        _engine.ScaleRows(new() { Rows = rows, Outputs = columns, X = weights.Pointer, Gradient = Destination(values, (long)rows * columns).Pointer });
        KeepAlive(factors, values);
    }
}
