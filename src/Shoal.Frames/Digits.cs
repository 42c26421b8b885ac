using Shoal.Frames.Internal;

namespace Shoal.Frames;

/// <summary>A data set of digits: images to train on, and others to test on.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed record Digits
{
    /// <summary>The name that <see cref="SyntheticAsync"/> gives to the digits that the program draws itself.</summary>
    public const string SyntheticName = "synthetic";

    /// <summary><c>mnist</c> for the real ones, <c>synthetic</c> for digits that the program drew, else the name of their folder.</summary>
    public required string Name { get; init; }

    /// <summary>The images to train on.</summary>
    public required DigitImages Train { get; init; }

    /// <summary>The images to test on; none of them is among <see cref="Train"/>.</summary>
    public required DigitImages Test { get; init; }

    /// <summary>The folder that they were read from; null where the program drew them.</summary>
    public string? Source { get; init; }

    /// <summary>What the user should know about where the digits come from, a sentence each; empty where they were found at once.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>
    /// Finds the digits: in <see cref="DigitsOptions.Folder"/>, else in <see cref="DigitsOptions.DataFolder"/>, else in <see cref="DigitsOptions.CacheFolder"/>,
    /// to which missing files are downloaded; where that fails, draws synthetic ones and says so in <see cref="Notices"/>.
    /// </summary>
    /// <param name="options">Where to look; the environment's settings where null.</param>
    /// <param name="cancel">Ends a download; what it had begun to write is removed.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="IdxException">A folder that was named holds only some of the four files, or one that is damaged.</exception>
    public static async Task<Digits> LoadAsync(DigitsOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new DigitsOptions();
        options.Validate();
        if (options.Folder is { } folder)
            return DigitsFolder.Read(folder);

        var notices = new List<string>();
        if (options.DataFolder is { Length: > 0 } named)
        {
            if (DigitsFolder.Missing(named).Count < MnistFile.All.Count)
                return DigitsFolder.Read(named);
            notices.Add($"{DigitsOptions.DataVariable} names {named}, which holds none of the four MNIST files; looking further.");
        }

        if (await DigitsMirror.CompleteAsync(options, cancel).ConfigureAwait(false) is not { } failure)
            return DigitsFolder.Read(options.CacheFolder) with { Notices = notices };

        notices.Add($"The MNIST digits could not be downloaded ({failure}); using synthetic digits that the program draws itself. "
            + $"For the real ones put the four files into {options.CacheFolder}, or name their folder in {DigitsOptions.DataVariable}.");
        var synthetic = await SyntheticAsync(options, cancel).ConfigureAwait(false);
        return synthetic with { Notices = notices };
    }

    /// <summary>Draws digits: strokes of several styles with slant, thickness, jitter and noise.</summary>
    /// <remarks>The same options give the same pixels on every machine. No drawing is in both parts.</remarks>
    /// <param name="options">How many, and the seed; 60,000 and 10,000 of seed 0 where null.</param>
    /// <param name="cancel">Ends the work.</param>
    public static Task<Digits> SyntheticAsync(DigitsOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new DigitsOptions();
        options.Validate();
        return Task.Run(() => SyntheticDigits.Draw(options.SyntheticSeed, options.SyntheticTrain, options.SyntheticTest, cancel), cancel);
    }
}
