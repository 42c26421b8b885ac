using System.Text;

namespace Shoal.Wire;

/// <summary>Something cannot travel. On its way up, each level adds its step, so that the message holds the whole path.</summary>
/// <remarks>Steps are added by exception filters (<c>catch … when (refusal.At(…))</c>), which run without unwinding: deep graphs stay cheap.</remarks>
internal sealed class WireRefusal(string what, string cure) : Exception(what)
{
    private const int StepsKept = 12;
    private readonly List<string> _steps = [];

    /// <summary>What to do instead.</summary>
    public string Cure => cure;

    /// <summary>Adds the step that leads here from the level above. Always false: the exception goes on.</summary>
    public bool At(string step)
    {
        if (step.Length > 0)
            _steps.Add(step);
        return false;
    }

    /// <summary>The error that the caller sees.</summary>
    public ArgumentException ToError(string name) => new($"{Path(name)}: {Message}: {cure}");

    private string Path(string name)
    {
        var path = new StringBuilder(name);
        var count = _steps.Count;
        for (var i = count - 1; i >= 0; i--)
        {
            if (count > 2 * StepsKept && i == count - 1 - StepsKept)
            {
                path.Append('…');
                i = StepsKept;
            }

            path.Append(_steps[i]);
        }

        return path.ToString();
    }
}
