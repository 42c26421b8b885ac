namespace Shoal.Learning;

/// <summary>Questions about model files that are better asked before training than after it.</summary>
public static class ModelFile
{
    /// <summary>Finds out whether <see cref="Model.Save"/> could write there now.</summary>
    /// <param name="path">The file to save to later; it is not touched.</param>
    /// <exception cref="ModelFileException">It could not; the message says why and what to do.</exception>
    public static void CheckWritable(string path) => WholeFile.CheckWritable(path);
}
