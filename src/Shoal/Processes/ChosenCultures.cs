using System.Globalization;

namespace Shoal.Processes;

/// <summary>
/// The caller's cultures, where the program chose others than its environment says. Most do not, and a worker has the same environment: then
/// it does not load the culture data, 2–3 MB and some milliseconds, before it is asked for them.
/// </summary>
/// <param name="Culture">The name, or <see cref="AsTheEnvironmentSays"/>.</param>
/// <param name="UICulture">The same for what is shown.</param>
internal readonly record struct ChosenCultures(string Culture, string UICulture)
{
    /// <summary>No culture has this name; the invariant one has the empty name.</summary>
    public const string AsTheEnvironmentSays = "*";

    /// <summary>Those of this thread.</summary>
    public static ChosenCultures Here()
    {
        // What the runtime found in the environment when it started; a program cannot change it.
        var environment = CultureInfo.InstalledUICulture.Name;
        return new(Chosen(CultureInfo.CurrentCulture, environment), Chosen(CultureInfo.CurrentUICulture, environment));
    }

    /// <summary>Makes them this process's.</summary>
    public void Apply()
    {
        if (Culture != AsTheEnvironmentSays)
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(Culture);
        if (UICulture != AsTheEnvironmentSays)
            CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(UICulture);
    }

    private static string Chosen(CultureInfo culture, string environment) => culture.Name == environment ? AsTheEnvironmentSays : culture.Name;
}
