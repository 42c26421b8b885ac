using Shoal.Numerics;

namespace Shoal.Learning;

/// <summary>Where an output pixel (row, column) takes its value: row' = RowRow·row + RowColumn·column + RowShift, and alike for columns.</summary>
internal readonly record struct AffineMatrix(
    double RowRow, double RowColumn, double RowShift, double ColumnRow, double ColumnColumn, double ColumnShift)
{
    /// <summary>R(theta)·T(shifts)·S(shear)·Z(zooms) about the centre (height/2 − ½, width/2 − ½).</summary>
    public static AffineMatrix About(
        int height, int width, double thetaDegrees, double rowShift, double columnShift, double shearDegrees, double rowZoom, double columnZoom)
    {
        var (sin, cos) = SinCos(thetaDegrees);
        var (shearSin, shearCos) = SinCos(shearDegrees);
        var a = cos * rowZoom;
        var b = Math.FusedMultiplyAdd(-cos, shearSin, -(sin * shearCos)) * columnZoom;
        var c = sin * rowZoom;
        var d = Math.FusedMultiplyAdd(-sin, shearSin, cos * shearCos) * columnZoom;
        var row = Math.FusedMultiplyAdd(cos, rowShift, -(sin * columnShift));
        var column = Math.FusedMultiplyAdd(sin, rowShift, cos * columnShift);
        var (centreRow, centreColumn) = ((height - 1) / 2.0, (width - 1) / 2.0);
        row += centreRow - Math.FusedMultiplyAdd(a, centreRow, b * centreColumn);
        column += centreColumn - Math.FusedMultiplyAdd(c, centreRow, d * centreColumn);
        return new(a, b, row, c, d, column);
    }

    private static (double Sin, double Cos) SinCos(double degrees) =>
        (SpecialFunctions.Sin(degrees * (Math.PI / 180)), SpecialFunctions.Cos(degrees * (Math.PI / 180)));
}
