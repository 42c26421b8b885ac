namespace Shoal.ClosureShapes;

/// <summary>One way in which a function may hang on its surroundings.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Function">The function; it takes a number and returns a value, or a task of one.</param>
/// <param name="Travels">The captured variables that travel, by name and in order of name.</param>
/// <param name="Refusal">A part of the message with which it is refused; null where it is not.</param>
public sealed record Shape(string Name, Delegate Function, string Travels, string? Refusal)
{
    public static Shape Of(string name, string travels, Func<int, object?> function) => new(name, function, travels, null);

    public static Shape OfAny(string name, string travels, Delegate function) => new(name, function, travels, null);

    public static Shape Refused(string name, string refusal, Func<int, object?> function) => new(name, function, "", refusal);

    /// <summary>Lets other functions of a method capture what must not travel.</summary>
    public static void Keep(params Delegate[] functions) => ArgumentNullException.ThrowIfNull(functions);
}
