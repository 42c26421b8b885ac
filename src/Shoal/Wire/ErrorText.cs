namespace Shoal.Wire;

/// <summary>What can be said about an exception whatever its own members do: they are a user's code and may throw themselves.</summary>
internal static class ErrorText
{
    /// <summary>The full name of its type.</summary>
    public static string TypeName(Exception error) => error.GetType().FullName ?? error.GetType().Name;

    /// <summary>Its message.</summary>
    public static string Message(Exception error) => Try(() => error.Message) ?? "(its message could not be read)";

    /// <summary>Its stack; empty where it was never thrown.</summary>
    public static string Stack(Exception error) => Try(() => error.StackTrace) ?? "";

    /// <summary>Where it comes from.</summary>
    public static string? Source(Exception error) => Try(() => error.Source);

    /// <summary>The same in the type that every process knows.</summary>
    public static RemoteException StandIn(Exception error) => new(TypeName(error), Message(error), Stack(error));

    private static string? Try(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
