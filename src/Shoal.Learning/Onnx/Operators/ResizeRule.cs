namespace Shoal.Learning.Onnx;

/// <summary>What one output takes along an axis: weights of the inputs from First on.</summary>
internal readonly record struct ResizeRow(int First, double[] Weights, bool Inside);

/// <summary>All outputs of an axis.</summary>
internal readonly record struct ResizeTaps(ResizeRow[] Rows, bool IsIdentity);

/// <summary>How Resize finds the input's coordinate of an output, and which neighbours of it count.</summary>
internal sealed class ResizeRule
{
    private readonly OnnxCall _call;
    private readonly string _mode;
    private readonly string _coordinates;
    private readonly string _nearest;
    private readonly double _cubic;
    private readonly bool _excludeOutside;

    public ResizeRule(OnnxCall call, bool old)
    {
        _call = call;
        _mode = call.Text("mode", "nearest");
        _coordinates = old ? "asymmetric" : call.Text("coordinate_transformation_mode", "half_pixel");
        _nearest = old ? "floor" : call.Text("nearest_mode", "round_prefer_floor");
        _cubic = call.Single("cubic_coeff_a", -0.75f);
        _excludeOutside = call.Flag("exclude_outside", false);
        if (_mode is not ("nearest" or "linear" or "bilinear" or "cubic"))
            throw call.Unsupported($"has the mode \"{ModelFileException.Quote(_mode)}\"");
        if (_coordinates is not ("half_pixel" or "asymmetric" or "align_corners" or "pytorch_half_pixel" or "tf_half_pixel_for_nn" or "tf_crop_and_resize"))
            throw call.Unsupported($"has coordinates \"{ModelFileException.Quote(_coordinates)}\"");
        if (_nearest is not ("round_prefer_floor" or "round_prefer_ceil" or "floor" or "ceil"))
            throw call.Unsupported($"has the nearest mode \"{ModelFileException.Quote(_nearest)}\"");
    }

    public bool IsNearest => _mode == "nearest";

    public bool NeedsRegion => _coordinates == "tf_crop_and_resize";

    public ResizeTaps Taps(int from, int to, double scale, (float Start, float End) region)
    {
        if (from == to && scale == 1 && !NeedsRegion)
            return new([], true);
        if (from == 0 && to > 0)
            throw _call.Wrong("makes values of none");
        var rows = new ResizeRow[_call.Reserve(to, 64)];
        for (var i = 0; i < to; i++)
        {
            var at = Coordinate(i, from, to, scale, region);
            var inside = !NeedsRegion || (at >= 0 && at <= from - 1);
            at = Math.Clamp(at, -from, 2.0 * from);
            rows[i] = IsNearest ? new(Nearest(at, from), [1], inside) : Weighted(at, from, inside);
        }

        return new(rows, false);
    }

    private double Coordinate(int i, int from, int to, double scale, (float Start, float End) region) => _coordinates switch
    {
        "asymmetric" => i / scale,
        "align_corners" => Length(from, to, scale) is var length && length > 1 ? i * (from - 1.0) / (length - 1) : 0,
        "pytorch_half_pixel" => to > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
        "tf_half_pixel_for_nn" => (i + 0.5) / scale,
        "tf_crop_and_resize" => to > 1
            ? (region.Start * (from - 1.0)) + (i * ((double)region.End - region.Start) * (from - 1) / (to - 1))
            : 0.5 * ((double)region.Start + region.End) * (from - 1),
        _ => ((i + 0.5) / scale) - 0.5,
    };

    /// <summary>The output's length before it is cut to a whole number, as ONNX's own tests have it; the whole number where it differs by rounding alone.</summary>
    private static double Length(int from, int to, double scale) => Math.Abs((from * scale) - to) < 1e-4 ? to : from * scale;

    private int Nearest(double at, int from)
    {
        var place = _nearest switch
        {
            "floor" => Math.Floor(at),
            "ceil" => Math.Ceiling(at),
            "round_prefer_ceil" => Math.Floor(at + 0.5),
            _ => Math.Ceiling(at - 0.5),
        };
        return (int)Math.Clamp(place, 0, from - 1);
    }

    private ResizeRow Weighted(double at, int from, bool inside)
    {
        var left = (int)Math.Floor(at);
        var t = at - left;
        if (_mode != "cubic")
            return new(left, [1 - t, t], inside);
        // Keys 1981, with the coefficient a.
        var a = _cubic;
        double[] weights =
        [
            ((((a * (t + 1)) - (5 * a)) * (t + 1)) + (8 * a)) * (t + 1) - (4 * a),
            ((((a + 2) * t) - (a + 3)) * t * t) + 1,
            ((((a + 2) * (1 - t)) - (a + 3)) * (1 - t) * (1 - t)) + 1,
            ((((a * (2 - t)) - (5 * a)) * (2 - t)) + (8 * a)) * (2 - t) - (4 * a),
        ];
        if (_excludeOutside)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                if (left - 1 + k < 0 || left - 1 + k >= from)
                    weights[k] = 0;
            }

            var sum = weights[0] + weights[1] + weights[2] + weights[3];
            for (var k = 0; k < weights.Length; k++)
                weights[k] /= sum;
        }

        return new(left - 1, weights, inside);
    }
}
