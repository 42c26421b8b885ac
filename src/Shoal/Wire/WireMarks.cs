namespace Shoal.Wire;

/// <summary>The byte before a reference.</summary>
internal static class WireMarks
{
    /// <summary>No object.</summary>
    public const byte Null = 0;

    /// <summary>An object of this message again: its number follows.</summary>
    public const byte Back = 1;

    /// <summary>A new object of the declared type: its body follows.</summary>
    public const byte Declared = 2;

    /// <summary>A new object of another type: the type and the body follow.</summary>
    public const byte Other = 3;

    /// <summary>Like <see cref="Declared"/>, but the body follows after the value that the message is about: the graph is deep here.</summary>
    public const byte DeclaredLater = 5;

    /// <summary>Like <see cref="Other"/>, with its body later.</summary>
    public const byte OtherLater = 6;

    /// <summary>A string where the declared type is wider. Strings are values: they have no number.</summary>
    public const byte Text = 4;
}
