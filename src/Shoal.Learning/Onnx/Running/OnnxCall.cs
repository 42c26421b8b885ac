using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Onnx;

/// <summary>What an operator computes: its outputs, from the inputs and attributes of one node.</summary>
internal delegate OnnxTensor[] OnnxOperator(OnnxCall call);

/// <summary>One run of one node: its inputs and attributes, checked as they are read, and memory for its outputs within the limit.</summary>
internal sealed partial class OnnxCall(
    Executor executor, OnnxFile file, PlannedNode node, OnnxTensor?[] values, OnnxTensor?[] constants, MemoryBudget budget)
{
    public int Opset => node.Opset;

    public int InputCount => node.Inputs.Length;

    public int OutputCount => node.Outputs.Length;

    public IKernels Kernels => executor.Kernels;

    public Executor Executor => executor;

    /// <summary>An input that the operator cannot do without.</summary>
    public OnnxTensor Input(int number) => Optional(number) ?? throw Wrong($"lacks its input {number}");

    /// <summary>An input, or null if it is left out.</summary>
    public OnnxTensor? Optional(int number) => number < node.Inputs.Length && node.Inputs[number] >= 0 ? values[node.Inputs[number]] : null;

    /// <summary>An input with a given number of axes.</summary>
    public OnnxTensor Input(int number, int rank)
    {
        var x = Input(number);
        return x.Rank == rank ? x : throw Wrong($"has an input {number} of shape {OnnxTensor.Format(x.Sizes)}, expected {rank} axes");
    }

    /// <summary>Whole numbers from an input of type I64 or I32, or null if it is left out.</summary>
    public long[]? IntegersFrom(int input) => Optional(input) is not { } x ? null : x.Type switch
    {
        TensorType.I64 => x.ToArray<long>(),
        TensorType.I32 => Array.ConvertAll(x.ToArray<int>(), v => (long)v),
        _ => throw Wrong($"has an input {input} of type {x.Type}, expected I64"),
    };

    /// <summary>A tensor of zeros, if the memory limit allows it.</summary>
    public OnnxTensor New(TensorType type, params ReadOnlySpan<int> sizes) =>
        new(type, sizes.ToArray(), new byte[Take(sizes, ElementTypes.Size(type), copies: 1)], 0);

    /// <summary>Fails if so many numbers of working memory would pass the limit.</summary>
    public int Reserve(long count, int size = sizeof(float)) =>
        count >= 0 && count <= Array.MaxLength / size && budget.TryTake(count * size)
            ? (int)count
            : throw Wrong($"needs working memory for {count} numbers, more than the memory limit allows. Give it smaller inputs, or raise OnnxOptions.MemoryLimit", cure: "");

    /// <summary>A tensor of the shape, type and order of another, not cleared.</summary>
    public OnnxTensor NewLike(OnnxTensor x) => x.IsChannelsLast ? NewChannelsLast(x.Sizes) : New(x.Type, x.Sizes);

    /// <summary>An image (batch, channels, rows, columns) that lies channels last, not cleared; it counts twice, since someone may want it row-major.</summary>
    public OnnxTensor NewChannelsLast(params int[] sizes) => new(
        TensorType.F32, sizes, GC.AllocateUninitializedArray<byte>(Take(sizes, sizeof(float), copies: 2)), 0, channelsLast: true);

    /// <summary>An image as <see cref="NewChannelsLast"/>, for a kernel to write.</summary>
    public (OnnxTensor Tensor, Storage Storage) NewImage(params int[] sizes)
    {
        var image = executor.RentImage(Take(sizes, sizeof(float), copies: 3) / sizeof(float));
        return (new(sizes, image), image.Storage);
    }

    /// <summary>Floats for a kernel to read, channels last where they lie so and that is wanted, else row-major: where they are, or as a copy.</summary>
    public Storage OnKernels(OnnxTensor x, bool channelsLast)
    {
        if (x.Image is { } image && x.IsChannelsLast == channelsLast)
            return image.Storage;
        var storage = executor.ScratchInput(Reserve(x.Count));
        Kernels.Write(channelsLast ? x.Raw<float>() : x.As<float>(), storage);
        return storage;
    }

    /// <summary>Weights as the kernels want them: <paramref name="fill"/> writes them, once if the input is a constant.</summary>
    public Storage Weights(int input, long length, Action<OnnxTensor, Span<float>> fill)
    {
        if (IsConstant(input))
            return Prepare(0, length, to => fill(Input(input), to));
        var floats = new float[Reserve(length)];
        fill(Input(input), floats);
        var storage = executor.ScratchWeights(floats.Length);
        Kernels.Write(floats, storage);
        return storage;
    }

    /// <summary>Numbers for the kernels that are the same in every run: <paramref name="fill"/> writes them once for each <paramref name="place"/>.</summary>
    public Storage Prepare(int place, long length, Action<Span<float>> fill)
    {
        if (node.Prepared[place] is { } ready)
            return ready;
        var floats = new float[Reserve(length)];
        fill(floats);
        var storage = executor.Allocate(floats.Length);
        Kernels.Write(floats, storage);
        return node.Prepared[place] = storage;
    }

    /// <summary>Whether an input is the same in every run.</summary>
    public bool IsConstant(int input) => constants[node.Inputs[input]] is not null;

    /// <summary>The nodes behind this one that its operator may do on the way; it then says so by <see cref="FollowersDone"/>.</summary>
    public IEnumerable<OnnxCall> Followers => node.Followers.Select(follower => new OnnxCall(executor, file, follower, values, constants, budget));

    public bool FollowersDone { get; set; }

    public string OpType => node.Node.OpType;

    /// <summary>An axis from the file, which may be counted from the end.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw Wrong($"has the axis {axis} for {rank} axes");

    /// <summary>Axes from the file, sorted, each once.</summary>
    public int[] Axes(long[] axes, int rank)
    {
        int[] sorted = [.. axes.Select(axis => Axis(axis, rank)).Order()];
        return sorted.Distinct().Count() == sorted.Length ? sorted : throw Wrong($"names an axis twice in ({string.Join(", ", axes)})");
    }

    public int Size(long size) => size is >= 0 and <= int.MaxValue ? (int)size : throw Wrong($"has a size of {size}");

    public ModelFileException Wrong(string what, Exception? inner = null, string cure = " Check the inputs' shapes, or export the model again.") =>
        new(file.Path, $"{node.Node.Place} {what}{(cure.Length == 0 ? "." : $".{cure}")}", inner: inner);

    /// <summary>The node asks for something that its operator does not do here.</summary>
    public ModelFileException Unsupported(string what) => Wrong($"{what}, which is not supported", cure: " docs/onnx.md says what is; export the model without it.");

    public ModelFileException WrongType(TensorType type) => Wrong($"has inputs of type {type}, for which it is not defined here");

    private int Take(ReadOnlySpan<int> sizes, int elementSize, int copies)
    {
        if (sizes.ContainsAnyInRange(int.MinValue, -1))
            throw Wrong($"would make a tensor of shape {OnnxTensor.Format(sizes)}");
        var count = OnnxTensor.CountOf(sizes);
        return count <= Array.MaxLength / elementSize && budget.TryTake(count * elementSize * copies)
            ? (int)count * elementSize
            : throw Wrong($"would make a tensor of shape {OnnxTensor.Format(sizes)}, more than the memory limit allows. Give it smaller inputs, or raise OnnxOptions.MemoryLimit", cure: "");
    }
}
