namespace Shoal.Processes;

/// <summary>How to start a worker.</summary>
/// <param name="File">The program.</param>
/// <param name="Arguments">Its arguments, without the program itself.</param>
/// <param name="Hook">What <c>DOTNET_STARTUP_HOOKS</c> names: a path, or the assembly's name where it has no file.</param>
internal sealed record LaunchPlan(string File, IReadOnlyList<string> Arguments, string Hook);
