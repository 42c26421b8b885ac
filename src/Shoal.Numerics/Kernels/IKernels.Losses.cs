namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>
    /// From predictions (rows, outputs) and targets of the same shape: the loss of each row in <paramref name="losses"/> (rows), a sum over the outputs in
    /// their order, and in <paramref name="gradient"/> (rows, outputs) the gradient of their mean over the rows.
    /// </summary>
    void RowLosses(
        LossFormula formula, float parameter, int rows, int outputs, Storage predictions, Storage targets, Storage losses, Storage gradient);

    /// <summary>Multiplies row r of <paramref name="values"/> (rows, columns) by factor r.</summary>
    void ScaleRows(int rows, int columns, Storage factors, Storage values);
}
