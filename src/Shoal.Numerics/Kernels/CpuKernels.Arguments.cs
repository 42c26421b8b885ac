using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels;

public sealed partial class CpuKernels
{
    private static CpuStorage Source(
        Storage storage, long length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
    {
        ArgumentNullException.ThrowIfNull(storage, name);
        if (length < 0)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"{kernel}: the length must not be negative.");
        if (storage is not CpuStorage own)
            throw new ArgumentException($"{kernel}: {name} is a {storage.GetType().Name}, expected a storage that CpuKernels.Allocate made. Copy it by Read and Write.", name);
        if (own.Length < length)
            throw new ArgumentException($"{kernel}: {name} holds {own.Length} floats, the shape needs {length}. Allocate it with at least that many.", name);
        return own;
    }

    private static CpuStorage Destination(
        Storage storage, long length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
    {
        var own = Source(storage, length, name, kernel);
        own.Version++;
        return own;
    }

    private static CpuStorage Source(
        Storage storage, int offset, int length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
    {
        if (offset < 0)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{kernel}: the offset must not be negative.");
        return Source(storage, (long)offset + length, name, kernel);
    }

    private static CpuStorage Destination(
        Storage storage, int offset, int length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
    {
        var own = Source(storage, offset, length, name, kernel);
        own.Version++;
        return own;
    }

    private static CpuStorage? Optional(
        Storage? storage, long length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
        => storage is null ? null : Source(storage, length, name, kernel);

    private static CpuStorage? OptionalDestination(
        Storage? storage, long length, [CallerArgumentExpression(nameof(storage))] string name = "", [CallerMemberName] string kernel = "")
        => storage is null ? null : Destination(storage, length, name, kernel);

    private static void Check(in DenseShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Rows < 1 || s.Inputs < 1 || s.Outputs < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; rows, inputs and outputs must be 1 or more.");
    }

    private static void Check(in Conv2DShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Batch < 1 || s.Height < 1 || s.Width < 1 || s.Channels < 1 || s.KernelHeight < 1 || s.KernelWidth < 1 || s.Filters < 1
            || s.StrideHeight < 1 || s.StrideWidth < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; batch, sizes, channels, filters and strides must be 1 or more.");
        if (s.OutputHeight < 1 || s.OutputWidth < 1)
            throw new ArgumentException($"{kernel}: {s} has no output; the kernel must fit into the image, or padding must be \"same\".");
    }

    private static void Check(in PoolShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Batch < 1 || s.Height < 1 || s.Width < 1 || s.Channels < 1 || s.PoolHeight < 1 || s.PoolWidth < 1 || s.StrideHeight < 1 || s.StrideWidth < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; batch, sizes, channels and strides must be 1 or more.");
        if (s.OutputHeight < 1 || s.OutputWidth < 1)
            throw new ArgumentException($"{kernel}: {s} has no output; the window must fit into the image, or padding must be \"same\".");
    }

    private static void Check(in ChannelShape s, [CallerMemberName] string kernel = "")
    {
        if (s.Batch < 1 || s.Positions < 1 || s.Channels < 1)
            throw new ArgumentException($"{kernel}: {s} is no shape; batch, positions and channels must be 1 or more.");
    }

    private static void Check(int rows, int classes, [CallerMemberName] string kernel = "")
    {
        if (rows < 1 || classes < 1)
            throw new ArgumentException($"{kernel}: {rows} rows and {classes} classes; both must be 1 or more.");
    }
}
