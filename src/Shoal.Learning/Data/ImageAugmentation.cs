namespace Shoal.Learning;

/// <summary>Random rotation, shift, shear and zoom of training images, each drawn uniformly for each image and pass.</summary>
/// <remarks>
/// With M = R·T·S·Z about the centre of the image, output pixel (row, column) takes the input at M·(row, column): bilinear, with
/// coordinates clamped to the image, so that its edge continues outwards. R = [c −s; s c], T shifts (rows, columns), S = [1 −sin; 0 cos],
/// Z = diag(zoom of rows, zoom of columns). This is Keras' ImageDataGenerator, except that a height shift moves vertically there only in
/// versions before keras-preprocessing 1.1.2 and here always. Immutable, equal by value.
/// </remarks>
public sealed record ImageAugmentation
{
    /// <summary>The largest angle of rotation either way, in degrees, from 0 to 180. <value>0</value></summary>
    public double RotationDegrees { get; init => field = Check.Between(0, 180, value, nameof(ImageAugmentation), nameof(RotationDegrees)); }

    /// <summary>The largest shift to either side as a share of the width, from 0 to 1. <value>0</value></summary>
    public double WidthShift { get; init => field = Check.Between(0, 1, value, nameof(ImageAugmentation), nameof(WidthShift)); }

    /// <summary>The largest shift up or down as a share of the height, from 0 to 1. <value>0</value></summary>
    public double HeightShift { get; init => field = Check.Between(0, 1, value, nameof(ImageAugmentation), nameof(HeightShift)); }

    /// <summary>The largest angle of shear either way, in degrees (0.3 is hardly visible), from 0 to 89. <value>0</value></summary>
    public double ShearDegrees { get; init => field = Check.Between(0, 89, value, nameof(ImageAugmentation), nameof(ShearDegrees)); }

    /// <summary>Rows and columns are each scaled by a factor from 1 − zoom to 1 + zoom; from 0 to 0.99. <value>0</value></summary>
    public double Zoom { get; init => field = Check.Between(0, 0.99, value, nameof(ImageAugmentation), nameof(Zoom)); }

    internal bool IsIdentity => RotationDegrees == 0 && WidthShift == 0 && HeightShift == 0 && ShearDegrees == 0 && Zoom == 0;
}
