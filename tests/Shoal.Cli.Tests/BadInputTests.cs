using System.Buffers.Binary;
using System.Text;

namespace Shoal.Cli.Tests;

[Collection(Programs.Name)]
public sealed class BadInputTests(TrainedModel trained)
{
    private const string Pools = "expected one of serial, serial:strict, auto, threads, threads:N, processes, processes:N (N: workers, 1 or more)";

    [Theory]
    [InlineData("--pool", "processes:0", $"--pool processes:0: {Pools}")]
    [InlineData("--pool", "threads:-1", $"--pool threads:-1: {Pools}")]
    [InlineData("--pool", "threads:", $"--pool threads:: {Pools}")]
    [InlineData("--pool", "serial:2", $"--pool serial:2: {Pools}")]
    [InlineData("--pool", "gpu", $"--pool gpu: {Pools}")]
    [InlineData("--pool", "", $"--pool : {Pools}")]
    [InlineData("--epochs", "-1", "--epochs -1: expected a whole number from 1 to 2147483647")]
    [InlineData("--epochs", "many", "--epochs many: expected a whole number from 1 to 2147483647")]
    [InlineData("--rows", "0", "--rows 0: expected a whole number from 1")]
    [InlineData("--train", "0", "--train 0: expected a whole number from 1")]
    [InlineData("--steps", "1.5", "--steps 1.5: expected a whole number from 1")]
    [InlineData("--batch", "99999999999", "--batch 99999999999: expected a whole number from 1 to 2147483647")]
    [InlineData("--threads", "0", "--threads 0: expected a whole number from 1")]
    [InlineData("--seed", "-1", "--seed -1: expected a whole number from 0 to 18446744073709551615")]
    [InlineData("--save", "", "--save must name a file, got an empty one")]
    [InlineData("--data", "", "--data must name a folder, got an empty one")]
    [InlineData("--colour", "red", "'--colour'")]
    public async Task Wrong_use_is_exit_code_2_with_the_valid_values(string option, string value, string expected)
    {
        var line = await FailsAsync(2, option, value);

        line.ShouldContain(expected);
        line.ShouldContain("shoal digits --help");
    }

    [Fact]
    public async Task Saving_and_loading_exclude_each_other() =>
        (await FailsAsync(2, "--load", trained.Model, "--save", "other")).ShouldContain("--save and --load exclude each other");

    [Theory]
    [InlineData("--train", "100")]
    [InlineData("--steps", "10")]
    [InlineData("--load", "some.safetensors")]
    public async Task Full_is_about_all_images(string option, string value) =>
        (await FailsAsync(2, "--full", option, value)).ShouldContain($"--full and {option} exclude each other");

    [Fact]
    public async Task More_training_images_than_there_are_is_wrong_use() =>
        (await FailsAsync(2, "--data", trained.Data, "--train", "281")).ShouldBe("shoal digits: --train 281: expected 1 to 280, the training images of data.");

    [Fact]
    public async Task No_command_is_wrong_use()
    {
        using var folder = new TestFolder();

        (await ShoalProcess.RunAsync(folder)).ExitCode.ShouldBe(2);
        var unknown = await ShoalProcess.RunAsync(folder, "fly", "--high");
        unknown.ExitCode.ShouldBe(2);
        unknown.Error.ShouldBe("shoal: fly: expected one of digits, predict, compare, doctor. shoal --help lists what there is.\n");
    }

    [Fact]
    public async Task A_data_folder_that_is_not_there_is_told() =>
        (await FailsAsync(1, "--data", "nowhere")).ShouldBe("shoal digits: nowhere: there is no such folder. Name a folder that holds the four MNIST files.");

    [Fact]
    public async Task A_missing_file_is_told()
    {
        using var folder = await BrokenDataAsync(data => File.Delete(Path.Combine(data, "t10k-labels-idx1-ubyte")));

        (await FailsAsync(1, "--data", folder.File("data"))).ShouldContain("t10k-labels-idx1-ubyte.gz not found");
    }

    [Fact]
    public async Task A_file_that_is_cut_off_is_told_with_its_offset()
    {
        using var folder = await BrokenDataAsync(data => Change(data, "train-images-idx3-ubyte", bytes => bytes[..1000]));

        (await FailsAsync(1, "--data", folder.File("data"))).ShouldContain("train-images-idx3-ubyte: at byte 16, the header declares 15680 bytes of values, the file holds 984. ");
    }

    [Fact]
    public async Task A_wrong_magic_number_is_told()
    {
        using var folder = await BrokenDataAsync(data => Change(data, "t10k-images-idx3-ubyte", bytes => [.. "GIF89a"u8, .. bytes]));

        (await FailsAsync(1, "--data", folder.File("data"))).ShouldContain("t10k-images-idx3-ubyte: at byte 0, magic number 0x47494638, expected 0x00000803");
    }

    [Fact]
    public async Task Different_counts_of_images_and_labels_are_told()
    {
        using var folder = await BrokenDataAsync(data => Change(data, "train-labels-idx1-ubyte", bytes => [.. TestFolder.Header(19), .. bytes[8..^1]]));

        (await FailsAsync(1, "--data", folder.File("data"))).ShouldContain("train-labels-idx1-ubyte: at byte 4, 19 labels, expected 20, the number of images in train-images-idx3-ubyte");
    }

    [Fact]
    public async Task A_model_file_that_is_not_there_is_told() => (await FailsAsync(1, "--load", "none.safetensors")).ShouldContain("none.safetensors");

    [Fact]
    public async Task A_model_file_that_is_cut_off_is_told() => (await LoadFailsAsync(bytes => bytes[..^100])).ShouldContain("broken.safetensors");

    [Fact]
    public async Task A_model_file_with_a_huge_header_is_told() => (await LoadFailsAsync(bytes =>
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue / 2);
        return bytes;
    })).ShouldContain("broken.safetensors");

    [Fact]
    public async Task A_model_file_with_overlapping_offsets_is_told()
    {
        var header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"""u8.ToArray();

        (await LoadFailsAsync(_ => [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. new byte[12]])).ShouldContain("broken.safetensors");
    }

    [Fact]
    public async Task A_model_of_another_architecture_is_told() => (await LoadFailsAsync(bytes =>
    {
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        header.ShouldContain("[512,10]");
        var other = Encoding.UTF8.GetBytes(header.Replace("[512,10]", "[10,512]"));
        other.CopyTo(bytes, 8);
        return bytes;
    })).ShouldContain("dense_1");

    [Theory]
    [InlineData("none/model.safetensors")]
    [InlineData("data")]
    public async Task A_place_where_the_model_cannot_be_saved_is_found_before_the_work(string save)
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("data"));

        var run = await ShoalProcess.RunAsync(folder, "digits", "--data", trained.Data, "--train", "256", "--save", folder.File(save));

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldBeEmpty();
        run.ErrorLines.ShouldHaveSingleItem().ShouldContain(save);
    }

    [Fact]
    public async Task Verbose_adds_the_stack()
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, "digits", "--data", "nowhere", "--verbose");

        run.ExitCode.ShouldBe(1);
        run.ErrorLines[0].ShouldStartWith("shoal digits: nowhere: there is no such folder.");
        run.Error.ShouldContain("   at Shoal.");
    }

    private static async Task<string> FailsAsync(int exitCode, params string[] arguments)
    {
        using var folder = new TestFolder();

        var run = await ShoalProcess.RunAsync(folder, ["digits", .. arguments]);

        run.ExitCode.ShouldBe(exitCode, run.Error);
        run.Output.ShouldBeEmpty();
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
        return run.ErrorLines.ShouldHaveSingleItem();
    }

    private static async Task<TestFolder> BrokenDataAsync(Action<string> harm)
    {
        var folder = new TestFolder();
        harm(await folder.WriteDigitsAsync(train: 20, test: 10));
        return folder;
    }

    private async Task<string> LoadFailsAsync(Func<byte[], byte[]> harm)
    {
        using var folder = new TestFolder();
        var model = folder.Write("broken.safetensors", harm(await File.ReadAllBytesAsync(trained.Model)));
        return await FailsAsync(1, "--load", model);
    }

    private static void Change(string data, string name, Func<byte[], byte[]> change)
    {
        var file = Path.Combine(data, name);
        File.WriteAllBytes(file, change(File.ReadAllBytes(file)));
    }
}
