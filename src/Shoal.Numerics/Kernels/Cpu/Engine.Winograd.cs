using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Kernels.Cpu;

/// <summary>3×3 convolutions of many channels by <see cref="Winograd"/>: transforms over whole registers of channels, products by the common tile.</summary>
internal sealed unsafe partial class Engine<TSimd, T>
{
    // Tiles of a row of tiles whose points lie in L1 together: two blocks of 16·14·32 floats are 57 KB, of which one point at a time is in use.
    private const int TileGroup = 14;
    private const int LineFloats = 16;

    private float* PackWinogradTurned(in Conv2DShape s, float* kernel)
    {
        var packed = Scratch.Get(Workspace.Block.Packed, (long)RoundUp(s.Channels, Tiles<TSimd, T>.Columns) * Winograd.Points * s.Filters);
        PackWinograd(kernel, s.Filters, s.Channels, turned: true, packed);
        return packed;
    }

    /// <summary>The kernel's points as panels: (filter panel, point, channel, columns).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackWinograd(float* kernel, int channels, int filters, bool turned, float* packed)
    {
        var columns = Tiles<TSimd, T>.Columns;
        var apart = (nint)channels * columns;
        for (var f = 0; f < RoundUp(filters, columns); f++)
        {
            var to = packed + (f / columns * Winograd.Points * apart) + (f % columns);
            for (var c = 0; c < channels; c++, to += columns)
            {
                if (f < filters)
                {
                    // The turned kernel has its channels and filters exchanged.
                    var taps = turned ? kernel + ((nint)f * channels) + c : kernel + ((nint)c * filters) + f;
                    Winograd.Kernel(taps, (nint)channels * filters, turned, to, apart);
                    continue;
                }

                for (var p = 0; p < Winograd.Points; p++)
                    to[p * apart] = 0f;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WinogradTask(void* state, int task, int thread)
    {
        var job = (ConvolutionJob*)state;
        var columns = Tiles<TSimd, T>.Columns;
        var stride = RoundUp(job->Channels, TSimd.Count);
        var points = job->Scratch + (job->ThreadLength * thread);
        var products = points + (Winograd.Points * TileGroup * stride);
        var copy = products + (Winograd.Points * TileGroup * columns);
        var image = task / job->Bands;
        var firstRow = task % job->Bands * job->BandRows;
        var endRow = Math.Min(Divide(job->OutputHeight, 2), firstRow + job->BandRows);
        var sourceLine = (nint)job->Width * job->Channels;
        var source = job->X + (image * job->Height * sourceLine);
        var x = source;
        var width = job->Padded.Width;
        if (job->Copies)
        {
            CopyWithZeros(x, job->Height, job->Width, job->Channels, job->Padded, 2 * firstRow, (2 * (endRow - firstRow)) + 2, copy);
            x = copy;
        }
        else
        {
            x += (nint)2 * firstRow * width * job->Channels;
        }

        TileArguments t;
        t.RowStride = stride;
        t.StepA = 1;
        t.StepB = columns;
        t.Inner = t.LastInner = job->Channels;
        t.Outer = t.Shards = 1;
        t.JumpA = t.JumpB = 0;
        t.RowStrideC = columns;
        t.Continue = false;
        t.Bias = null;
        var depth = (nint)job->Channels * columns;
        var tiles = Divide(job->OutputWidth, 2);
        var (line, outputLine) = ((nint)width * job->Channels, (nint)job->OutputWidth * job->Filters);
        var y = job->Y + (image * job->OutputHeight * outputLine);
        for (var row = firstRow; row < endRow; row++, x += 2 * line)
        {
            for (var tile = 0; tile < tiles; tile += TileGroup)
            {
                var count = Math.Min(TileGroup, tiles - tile);
                var cut = Tiles<TSimd, T>.Cut(count);
                PatchPoints(x + ((nint)2 * tile * job->Channels), line, job->Channels, count, points, (nint)count * stride, stride);
                for (var f = 0; f < job->Filters; f += columns)
                {
                    var panel = job->Packed + ((nint)f / columns * Winograd.Points * depth);
                    for (var p = 0; p < Winograd.Points; p++)
                    {
                        // The two new lines of the next row of tiles (or those of the next image, where there is a copy) and the two of y that this one
                        // writes come from memory meanwhile.
                        if (tile == 0 && f == 0)
                        {
                            if (job->Copies)
                                Ahead(source + ((nint)(job->Height + (2 * row)) * sourceLine), 2 * sourceLine, p);
                            else
                                Ahead(x + (4 * line), 2 * line, p);
                            Ahead(y + (2 * row * outputLine), 2 * outputLine, p);
                        }

                        for (var part = 0; part < cut.Tiles; part++)
                        {
                            var first = cut.First(part);
                            t.A = points + (((p * count) + first) * stride);
                            t.B = panel + (p * depth);
                            t.C = products + (((p * count) + first) * columns);
                            Tiles<TSimd, T>.Run(cut.Rows(part), &t);
                        }
                    }

                    TileOutputs(job, products, count, image, 2 * row, 2 * tile, f);
                }
            }
        }
    }

    /// <summary>
    /// One of <see cref="Winograd.Points"/> parts of the lines of a run, on their way into the cache while something else is computed: a transform that waits
    /// for memory took 2.4 of 9.7 ms (bench/Kernels, "conv 32-32 26x26 forward" on a Zen 4).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ahead(float* run, nint floats, int part)
    {
        if (!Sse.IsSupported)
            return;
        for (nint line = part * LineFloats; line < floats; line += Winograd.Points * LineFloats)
            Sse.Prefetch1(run + line);
    }

    /// <summary>Bᵀ·d·B of <paramref name="count"/> patches side by side, all channels: (point, tile, stride).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PatchPoints(float* x, nint line, nint channels, int count, float* points, nint apart, nint stride)
    {
        for (nint c = 0; c < channels; c += TSimd.Count)
        {
            float* r0 = x + c, to = points + c;
            var r1 = r0 + line;
            var r2 = r1 + line;
            var r3 = r2 + line;
            T a = TSimd.Load(r0), b = TSimd.Load(r1), d = TSimd.Load(r2), e = TSimd.Load(r3);
            T p0 = TSimd.Subtract(a, d), p1 = TSimd.Add(b, d), p2 = TSimd.Subtract(d, b), p3 = TSimd.Subtract(b, e);
            (a, b, d, e) = (TSimd.Load(r0 + channels), TSimd.Load(r1 + channels), TSimd.Load(r2 + channels), TSimd.Load(r3 + channels));
            T q0 = TSimd.Subtract(a, d), q1 = TSimd.Add(b, d), q2 = TSimd.Subtract(d, b), q3 = TSimd.Subtract(b, e);
            var at = 2 * channels;
            for (var tile = count; tile > 0; tile--, to += stride)
            {
                // Two columns are those of the tile before, two are new.
                (a, b, d, e) = (TSimd.Load(r0 + at), TSimd.Load(r1 + at), TSimd.Load(r2 + at), TSimd.Load(r3 + at));
                at += channels;
                T s0 = TSimd.Subtract(a, d), s1 = TSimd.Add(b, d), s2 = TSimd.Subtract(d, b), s3 = TSimd.Subtract(b, e);
                (a, b, d, e) = (TSimd.Load(r0 + at), TSimd.Load(r1 + at), TSimd.Load(r2 + at), TSimd.Load(r3 + at));
                at += channels;
                T t0 = TSimd.Subtract(a, d), t1 = TSimd.Add(b, d), t2 = TSimd.Subtract(d, b), t3 = TSimd.Subtract(b, e);
                var v = to;
                TSimd.Store(TSimd.Subtract(p0, s0), v);
                TSimd.Store(TSimd.Add(q0, s0), v += apart);
                TSimd.Store(TSimd.Subtract(s0, q0), v += apart);
                TSimd.Store(TSimd.Subtract(q0, t0), v += apart);
                TSimd.Store(TSimd.Subtract(p1, s1), v += apart);
                TSimd.Store(TSimd.Add(q1, s1), v += apart);
                TSimd.Store(TSimd.Subtract(s1, q1), v += apart);
                TSimd.Store(TSimd.Subtract(q1, t1), v += apart);
                TSimd.Store(TSimd.Subtract(p2, s2), v += apart);
                TSimd.Store(TSimd.Add(q2, s2), v += apart);
                TSimd.Store(TSimd.Subtract(s2, q2), v += apart);
                TSimd.Store(TSimd.Subtract(q2, t2), v += apart);
                TSimd.Store(TSimd.Subtract(p3, s3), v += apart);
                TSimd.Store(TSimd.Add(q3, s3), v += apart);
                TSimd.Store(TSimd.Subtract(s3, q3), v += apart);
                TSimd.Store(TSimd.Subtract(q3, t3), v + apart);
                (p0, p1, p2, p3) = (s0, s1, s2, s3);
                (q0, q1, q2, q3) = (t0, t1, t2, t3);
            }
        }
    }

    /// <summary>Aᵀ·m·A of the tiles side by side and the epilogue, for one panel of filters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TileOutputs(ConvolutionJob* job, float* products, int count, int image, int row, int column, int filter)
    {
        nint columns = Tiles<TSimd, T>.Columns;
        var apart = count * columns;
        nint filters = job->Filters;
        var twoRows = row + 1 < job->OutputHeight;
        var line = (nint)job->OutputWidth * filters;
        var y = job->Y + ((((((nint)image * job->OutputHeight) + row) * job->OutputWidth) + column) * filters) + filter;
        for (nint half = 0; half < columns && filter + half < filters; half += TSimd.Count)
        {
            T bias = TSimd.Zero, scale = TSimd.Zero, shift = TSimd.Zero;
            var finish = job->Bias != null;
            if (finish)
            {
                var values = job->Bias + filter + half;
                (bias, scale, shift) = (TSimd.Load(values), TSimd.Load(values + job->EpilogueStride), TSimd.Load(values + (2 * job->EpilogueStride)));
            }

            var whole = filter + half + TSimd.Count <= filters;
            var m = products + half;
            var to = y + half;
            for (var tile = 0; tile < count; tile++, m += columns, to += 2 * filters)
            {
                T u0 = TSimd.Load(m + (4 * apart)), w0 = TSimd.Load(m + (8 * apart));
                T u1 = TSimd.Load(m + (5 * apart)), w1 = TSimd.Load(m + (9 * apart));
                T u2 = TSimd.Load(m + (6 * apart)), w2 = TSimd.Load(m + (10 * apart));
                T u3 = TSimd.Load(m + (7 * apart)), w3 = TSimd.Load(m + (11 * apart));
                var s0 = TSimd.Add(TSimd.Add(TSimd.Load(m), u0), w0);
                var s1 = TSimd.Add(TSimd.Add(TSimd.Load(m + apart), u1), w1);
                var s2 = TSimd.Add(TSimd.Add(TSimd.Load(m + (2 * apart)), u2), w2);
                var s3 = TSimd.Add(TSimd.Add(TSimd.Load(m + (3 * apart)), u3), w3);
                var t0 = TSimd.Subtract(TSimd.Subtract(u0, w0), TSimd.Load(m + (12 * apart)));
                var t1 = TSimd.Subtract(TSimd.Subtract(u1, w1), TSimd.Load(m + (13 * apart)));
                var t2 = TSimd.Subtract(TSimd.Subtract(u2, w2), TSimd.Load(m + (14 * apart)));
                var t3 = TSimd.Subtract(TSimd.Subtract(u3, w3), TSimd.Load(m + (15 * apart)));
                T y0 = TSimd.Add(TSimd.Add(s0, s1), s2), y1 = TSimd.Subtract(TSimd.Subtract(s1, s2), s3);
                T y2 = TSimd.Add(TSimd.Add(t0, t1), t2), y3 = TSimd.Subtract(TSimd.Subtract(t1, t2), t3);
                if (finish)
                {
                    y0 = TSimd.FusedMultiplyAdd(TSimd.Add(y0, bias), scale, shift);
                    y1 = TSimd.FusedMultiplyAdd(TSimd.Add(y1, bias), scale, shift);
                    y2 = TSimd.FusedMultiplyAdd(TSimd.Add(y2, bias), scale, shift);
                    y3 = TSimd.FusedMultiplyAdd(TSimd.Add(y3, bias), scale, shift);
                    if (job->Relu)
                        (y0, y1, y2, y3) = (TSimd.Relu(y0), TSimd.Relu(y1), TSimd.Relu(y2), TSimd.Relu(y3));
                }

                var twoColumns = column + (2 * tile) + 1 < job->OutputWidth;
                if (whole)
                {
                    TSimd.Store(y0, to);
                    if (twoColumns)
                        TSimd.Store(y1, to + filters);
                    if (twoRows)
                    {
                        TSimd.Store(y2, to + line);
                        if (twoColumns)
                            TSimd.Store(y3, to + line + filters);
                    }

                    continue;
                }

                StorePart(y0, to, filters - filter - half);
                if (twoColumns)
                    StorePart(y1, to + filters, filters - filter - half);
                if (twoRows)
                    StorePart(y2, to + line, filters - filter - half);
                if (twoRows && twoColumns)
                    StorePart(y3, to + line + filters, filters - filter - half);
            }
        }
    }

    /// <summary>The first values of a register.</summary>
    private static void StorePart(T value, float* to, nint count)
    {
        var all = stackalloc float[Engine.WidestRegister];
        TSimd.Store(value, all);
        for (nint i = 0; i < count; i++)
            to[i] = all[i];
    }

    /// <summary>As <see cref="CopyPadded"/>, with zeros in the rows without any of x too.</summary>
    private static void CopyWithZeros(float* x, int height, int width, int channels, in PaddedShape p, int firstRow, int rows, float* copy)
    {
        var line = p.Width * channels;
        for (var row = 0; row < rows; row++)
        {
            if (firstRow + row < p.Top || firstRow + row >= p.Top + height)
                new Span<float>(copy + ((nint)row * line), line).Clear();
        }

        CopyPadded(x, height, width, channels, p, firstRow, rows, copy);
    }
}
