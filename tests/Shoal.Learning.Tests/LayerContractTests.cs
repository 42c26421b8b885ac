using System.Buffers;
using System.Text.Json;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>What holds for every layer of <see cref="LayerTable"/>.</summary>
public sealed class LayerContractTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Layers => [.. LayerTable.Entries.Keys];

    [Fact]
    public void Every_kind_that_files_know_is_in_the_table() =>
        LayerTable.Entries.Values.Select(e => e.Make().Kind).Distinct().Order(StringComparer.Ordinal).ShouldBe(LayerKinds.All.Keys);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        using var bench = Bench(name, rows: 4, new DoubleKernels());
        var dy = Toy.Uniform(bench.Y.Length, seed: 6);

        Forward();
        bench.Kernels.Write(dy, bench.Dy);
        bench.Layer.Backward(new(bench.Rows, Training: true), bench.Xs, bench.Y, bench.Dy, bench.Dxs);

        for (var i = 0; i < bench.Xs.Length && LayerTable.Entries[name].Ids is null; i++)
            ShouldBeDifferences(DoubleKernels.Values(bench.Xs[i]), DoubleKernels.Values(bench.Dxs[i]), $"x{i}");
        foreach (var parameter in bench.Layer.Parameters.Where(p => p.Trainable))
            ShouldBeDifferences(DoubleKernels.Values(parameter.Value), DoubleKernels.Values(parameter.Gradient!), parameter.Name);

        void Forward() => bench.Layer.Forward(new(bench.Rows, Training: true), bench.Xs, bench.Y);

        double Objective()
        {
            Forward();
            return DoubleKernels.Values(bench.Y).Zip(dy, (y, d) => y * d).Sum();
        }

        void ShouldBeDifferences(double[] values, double[] gradient, string what)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var value = values[i];
                values[i] = value + Step;
                var above = Objective();
                values[i] = value - Step;
                var below = Objective();
                values[i] = value;
                gradient[i].ShouldBe((above - below) / (2 * Step), 1e-7, $"{what}[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void In_place_gives_the_same_as_apart(string name)
    {
        using var apart = Bench(name, rows: 3, new CpuKernels(1));
        using var over = Bench(name, rows: 3, new CpuKernels(1));
        var pass = new Pass(3, Training: true);
        var dy = Toy.Uniform(apart.Y.Length, seed: 9);
        apart.Kernels.Write(dy, apart.Dy);
        over.Kernels.Write(dy, over.Dy);

        apart.Layer.Forward(pass, apart.Xs, apart.Y);
        apart.Layer.Backward(pass, apart.Xs, apart.Y, apart.Dy, apart.Dxs);
        over.Layer.Forward(pass, over.Xs, over.Y);
        if (over.Layer.BackwardInPlace)
        {
            over.Layer.Backward(pass, over.X, over.Y, over.Dy, over.Dy);
            over.Read(over.Dy).ShouldBe(apart.Read(apart.Dx));
        }

        if (over.Layer.ForwardInPlace)
        {
            over.Layer.Forward(pass, over.X, over.X);
            over.Read(over.X).ShouldBe(apart.Read(apart.Y));
        }

        (over.Layer.BackwardInPlace || !over.Layer.ForwardInPlace).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void What_backward_does_not_read_may_be_gone(string name)
    {
        using var kept = Bench(name, rows: 3, new CpuKernels(1));
        using var gone = Bench(name, rows: 3, new CpuKernels(1));

        Run(kept, _ => { });
        Run(gone, bench =>
        {
            foreach (var x in bench.Xs.Where(_ => !bench.Layer.BackwardReadsInput))
                bench.Kernels.Fill(x, x.Length, float.NaN);
            if (!bench.Layer.BackwardReadsOutput)
                bench.Kernels.Fill(bench.Y, bench.Y.Length, float.NaN);
        });

        Gradients(gone).ShouldBe(Gradients(kept));

        static void Run(LayerBench bench, Action<LayerBench> between)
        {
            bench.Layer.Forward(new(3, Training: true), bench.Xs, bench.Y);
            between(bench);
            bench.Kernels.Write(Toy.Uniform(bench.Y.Length, seed: 9), bench.Dy);
            bench.Layer.Backward(new(3, Training: true), bench.Xs, bench.Y, bench.Dy, bench.Dxs);
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void The_bits_are_the_same_for_any_number_of_threads_and_width(string name)
    {
        var expected = Bits(1, VectorWidth.Scalar);

        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            foreach (var threads in new[] { 1, 2, 3 })
                Bits(threads, width).ShouldBe(expected, $"{threads} threads, {width}");
        }

        int[] Bits(int threads, VectorWidth width)
        {
            using var bench = Bench(name, rows: 37, new CpuKernels(threads, width));
            bench.Layer.Forward(new(37, Training: true), bench.Xs, bench.Y);
            bench.Kernels.Write(Toy.Uniform(bench.Y.Length, seed: 9), bench.Dy);
            bench.Layer.Backward(new(37, Training: true), bench.Xs, bench.Y, bench.Dy, bench.Dxs);
            return [.. bench.Read(bench.Y).Concat(Gradients(bench)).Select(BitConverter.SingleToInt32Bits)];
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_batch_of_one_row_gives_that_row_of_a_batch(string name)
    {
        const int Rows = 5;
        using var batch = Bench(name, Rows, new CpuKernels(1));
        using var single = Bench(name, rows: 1, new CpuKernels(1));
        batch.Layer.Forward(new(Rows), batch.Xs, batch.Y);
        var (y, size) = (batch.Read(batch.Y), single.Y.Length);

        for (var row = 0; row < Rows; row++)
        {
            for (var i = 0; i < single.Xs.Length; i++)
                single.Kernels.Write(batch.Read(batch.Xs[i]).AsSpan(row * single.Xs[i].Length, single.Xs[i].Length), single.Xs[i]);
            single.Layer.Forward(new(1), single.Xs, single.Y);

            single.Read(single.Y).ShouldBe(y.AsSpan(row * size, size).ToArray(), $"row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_that_was_saved_and_loaded_gives_the_same_bits(string name)
    {
        var entry = LayerTable.Entries[name];
        using var before = Bench(name, rows: 3, new CpuKernels(1));
        using var after = new LayerBench(Read(Written(before.Layer)), entry.Inputs, rows: 3, new CpuKernels(1));
        before.Layer.Forward(new(3, Training: true), before.Xs, before.Y);

        foreach (var (from, to) in before.Layer.Parameters.Zip(after.Layer.Parameters))
            to.Set(from.ToArray());
        foreach (var (key, value) in before.Layer.State())
            after.Layer.TrySetState(key, value).ShouldBeTrue();
        foreach (var (from, to) in before.Xs.Zip(after.Xs))
            after.Kernels.Write(before.Read(from), to);

        after.Layer.ToString().ShouldBe(before.Layer.ToString());
        Written(after.Layer).ShouldBe(Written(before.Layer));
        after.Layer.Parameters.Select(p => p.Regularizer).ShouldBe(before.Layer.Parameters.Select(p => p.Regularizer));
        foreach (var training in new[] { false, true })
        {
            before.Layer.Forward(new(3, training), before.Xs, before.Y);
            after.Layer.Forward(new(3, training), after.Xs, after.Y);
            after.Read(after.Y).ShouldBe(before.Read(before.Y), training ? "training" : "inference");
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_bad_shape_is_refused_with_what_was_expected(string name)
    {
        var entry = LayerTable.Entries[name];
        entry.Make().Plan(entry.Inputs).Output.Size.ShouldBeGreaterThan(0);
        if (entry.Refused is null)
            return;

        var message = Should.Throw<ArgumentException>(() => entry.Make().Plan(entry.Refused)).Message;

        (message.Contains("shape (None, ", StringComparison.Ordinal) || message.Contains("expected two or more", StringComparison.Ordinal)).ShouldBeTrue(message);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_bad_shape_in_a_model_is_refused_with_the_name_of_the_layer(string name)
    {
        var entry = LayerTable.Entries[name];
        if (entry.Refused is not { Length: 1 })
            return;
        var layer = entry.Make();

        var message = Should.Throw<ArgumentException>(() => new Sequential(entry.Refused[0], [layer])).Message;

        message.ShouldContain(layer.ToString());
        message.ShouldContain(entry.Refused[0].ToString());
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void Too_many_inputs_are_refused(string name)
    {
        var entry = LayerTable.Entries[name];
        if (entry.Inputs.Length > 1)
            return;

        Should.Throw<ArgumentException>(() => entry.Make().Plan([entry.Inputs[0], entry.Inputs[0]])).Message.ShouldMatch("got 2 inputs, expected one|the mask has shape");
    }

    private static LayerBench Bench(string name, int rows, IKernels kernels)
    {
        var entry = LayerTable.Entries[name];
        var bench = new LayerBench(entry.Make(), entry.Inputs, rows, kernels);
        for (var i = 0; i < bench.Xs.Length; i++)
        {
            var values = Toy.Uniform(bench.Xs[i].Length, seed: 50 + (ulong)i);
            kernels.Write(entry.Ids is { } ids ? Array.ConvertAll(values, v => MathF.Floor((v + 1) / 2 * ids)) : values, bench.Xs[i]);
        }

        foreach (var parameter in bench.Layer.Parameters.Where(p => p.Trainable))
            parameter.Set(Toy.Uniform(parameter.Shape.Size, seed: 7));
        return bench;
    }

    private static float[] Gradients(LayerBench bench) =>
        [.. bench.Dxs.SelectMany(bench.Read), .. bench.Layer.Parameters.Where(p => p.Trainable).SelectMany(p => p.GradientToArray())];

    private static string Written(Layer layer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", layer.Kind);
            writer.WriteString("name", "layer");
            layer.WriteOptions(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static Layer Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        return LayerKinds.All[document.RootElement.GetProperty("kind").GetString()!](new LayerOptionsReader(document.RootElement, "memory", 0));
    }
}
