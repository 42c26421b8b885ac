using System.Text.Json;
using Shoal.Numerics.Kernels;

namespace Shoal.Learning.Tests;

/// <summary>Layers of users in model files.</summary>
public sealed class LayerKindsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_with_a_layer_of_a_user_is_saved_and_loaded_with_its_bits()
    {
        var path = Path.Combine(_folder, "own.safetensors");
        var x = Toy.Uniform(12, seed: 4);
        using var model = new Sequential([3], [new Dense(4), new Scaled("ScaledOnce", 0.5), new Dense(2)], new() { Threads = 1 });
        model.Parameters[2].Set([1, -2, 3, -4]);
        model.Save(path);
        Should.Throw<ModelFileException>(() => Model.Load(path)).Message.ShouldContain("unknown kind \"ScaledOnce\"");

        LayerKinds.Register("ScaledOnce", options => new Scaled("ScaledOnce", options.Number("factor"), options.Name));
        using var loaded = Sequential.Load(path, new() { Threads = 1 });

        loaded.Layers[1].Name.ShouldBe("scaled_once");
        loaded.Predict(x).ShouldBe(model.Predict(x));
    }

    [Fact]
    public void A_registration_that_cannot_serve_is_refused()
    {
        Should.Throw<ArgumentException>(() => LayerKinds.Register("Dense", _ => new ReLU())).Message.ShouldContain("\"Dense\" is a layer of Shoal");
        Should.Throw<ArgumentException>(() => LayerKinds.Register("", _ => new ReLU()));
        var path = Path.Combine(_folder, "own.safetensors");
        using var model = new Sequential([3], [new Scaled("ScaledWrongly", 0.5)], new() { Threads = 1 });
        model.Save(path);

        LayerKinds.Register("ScaledWrongly", _ => new ReLU());
        Should.Throw<ModelFileException>(() => Model.Load(path)).Message.ShouldContain("\"ScaledWrongly\", for which its LayerKinds.Register made ReLU");
        LayerKinds.Register("ScaledWrongly", options => new Scaled("ScaledWrongly", options.Number("factors"), options.Name));
        Should.Throw<ModelFileException>(() => Model.Load(path)).Message.ShouldContain("layer 0 of its architecture has no valid \"factors\", expected a number");
    }

    [Fact]
    public void Kinds_are_registered_from_many_threads()
    {
        Parallel.For(0, 64, i => LayerKinds.Register($"Own{i}", options => new Scaled($"Own{i}", options.Number("factor"), options.Name)));

        for (var i = 0; i < 64; i++)
            LayerKinds.TryFind($"Own{i}", out _).ShouldBeTrue();
    }

    /// <summary>y = factor · scale · x, with a scale for each channel.</summary>
    private sealed class Scaled(string kind, double factor, string? name = null) : Layer(kind, name)
    {
        public override LayerPlan Plan(Shape input) => new(input, new ParameterPlan("scale", [input[^1]], Initializer.Ones));

        public override void Forward(in Pass pass, Storage x, Storage y) => Scale(pass.Rows, x, y);

        public override void Backward(in Pass pass, Storage x, Storage y, Storage dy, Storage? dx)
        {
            Kernels.Fill(Parameters[0].Gradient!, Parameters[0].Shape.Size, 0);
            if (dx is not null)
                Scale(pass.Rows, dy, dx);
        }

        protected internal override void WriteOptions(Utf8JsonWriter writer) => writer.WriteNumber("factor", factor);

        private void Scale(int rows, Storage from, Storage to)
        {
            var (values, scale) = (new float[rows * InputShape.Size], Parameters[0].ToArray());
            Kernels.Read(from, values);
            for (var i = 0; i < values.Length; i++)
                values[i] *= (float)factor * scale[i % scale.Length];
            Kernels.Write(values, to);
        }
    }
}
