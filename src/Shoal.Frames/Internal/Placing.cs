namespace Shoal.Frames.Internal;

/// <summary>Takes points of the box of 1×1 to pixels: width and height, slant, turn and place of one drawing.</summary>
internal readonly record struct Placing(double XX, double XY, double X, double YX, double YY, double Y)
{
    private const double Middle = DigitImages.Side / 2.0;

    public static Placing Draw(ref DrawingRandom random)
    {
        var width = random.Between(9, 18);
        var height = random.Between(14, 21);
        var slant = random.About(0.55);

        // The turn by twice the arc tangent of half: a rational point of the circle, without the platform's sine. 0.22 is 25 degrees.
        var half = random.About(0.22);
        var cosine = (1 - half * half) / (1 + half * half);
        var sine = 2 * half / (1 + half * half);

        var (xx, xy) = (width, -slant * height);
        return new Placing(
            XX: cosine * xx, XY: cosine * xy - sine * height, X: Middle + random.About(4.5),
            YX: sine * xx, YY: sine * xy + cosine * height, Y: Middle + random.About(3.5));
    }

    public (double X, double Y) Apply(double x, double y)
    {
        var (u, v) = (x - 0.5, y - 0.5);
        return (X + XX * u + XY * v, Y + YX * u + YY * v);
    }
}
