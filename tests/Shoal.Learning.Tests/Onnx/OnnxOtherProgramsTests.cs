using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Shoal.Learning.Tests;

/// <summary>Files that we write are read by programs that know nothing of us: ONNX Runtime (npm) and ONNX's checker (Debian). <c>eng/setup</c> installs both.</summary>
public sealed class OnnxOtherProgramsTests : IDisposable
{
    private const string Checker = "/usr/lib/python3/dist-packages/onnx/checker.py";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("shoal-tests-").FullName;

    private static string Peers => Path.Combine(Golden.Root, "bench", "peers");

    [SkippableFact]
    public void ONNX_Runtime_predicts_what_we_predict()
    {
        Skip.IfNot(Directory.Exists(Path.Combine(Peers, "node_modules", "onnxruntime-node")), "ONNX Runtime is not there: npm install --ignore-scripts in bench/peers, as eng/setup does");
        var expected = new List<(string What, string File, float[] Values)>();
        var runs = OnnxExportCase.All.Values.Select((export, number) =>
        {
            using var model = export.Make();
            var inputs = export.InputsFor(model);
            var outputs = model.Predict([.. inputs.Select(x => (ReadOnlyMemory<float>)x)]);
            model.SaveOnnx(PathOf($"{number}.onnx"));
            for (var i = 0; i < inputs.Length; i++)
                File.WriteAllBytes(PathOf($"{number}.input{i}"), MemoryMarshal.AsBytes(inputs[i].AsSpan()));
            for (var i = 0; i < outputs.Length; i++)
                expected.Add(($"{export}: {model.OutputNames[i]}", PathOf($"{number}.output{i}"), outputs[i]));
            return new
            {
                model = PathOf($"{number}.onnx"),
                inputs = model.Inputs.Select((input, i) => new { name = input.Name, file = PathOf($"{number}.input{i}"), shape = (int[])[inputs[i].Length / input.Shape.Size, .. input.Shape] }).ToArray(),
                outputs = model.OutputNames.Select((name, i) => new { name, file = PathOf($"{number}.output{i}") }).ToArray(),
            };
        }).ToArray();
        File.WriteAllText(PathOf("runs.json"), JsonSerializer.Serialize(runs));

        Run("node", Path.Combine(Golden.Root, "tests", "Shoal.Learning.Tests", "Onnx", "onnx_runtime.mjs"), Peers, PathOf("runs.json"));

        foreach (var (what, file, values) in expected)
            OnnxExportTests.ShouldBeClose(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray(), values, what);
    }

    [SkippableFact]
    public void ONNX_s_own_checker_finds_nothing()
    {
        Skip.IfNot(File.Exists(Checker), "ONNX's checker is not there: apt-get install python3-onnx");
        string[] files = [.. OnnxExportCase.All.Values.Select((export, number) =>
        {
            using var model = export.Make();
            model.SaveOnnx(PathOf($"{number}.onnx"));
            return PathOf($"{number}.onnx");
        })];

        Run("/usr/bin/python3", ["-c", "import sys, onnx\nfor path in sys.argv[1:]: onnx.checker.check_model(onnx.load(path), full_check=True)", .. files]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Run(string program, params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"{program} is not there");
            throw;
        }

        using (process)
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var ended = process.WaitForExit(Limit);
            if (!ended)
                process.Kill(entireProcessTree: true);
            ended.ShouldBeTrue($"{program} took longer than {Limit}");
            Task.WaitAll([output, error], Limit).ShouldBeTrue();
            process.ExitCode.ShouldBe(0, $"{output.Result}{error.Result}");
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
