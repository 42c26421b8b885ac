using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Tests.Wire;

internal enum Colour : byte
{
    Red,
    Green,
    Blue,
}

internal record Animal(string Name, int Legs);

internal sealed record Dog(string Name, int Legs, Animal? Friend) : Animal(Name, Legs);

internal sealed class Node
{
    private readonly int _secret;

    public Node(int secret) => _secret = secret;

    public int Secret => _secret;

    public Node? Next { get; set; }

    public object? Any { get; set; }
}

internal struct Padded
{
    public byte Small;
    public long Large;
    public bool Flag;
}

[StructLayout(LayoutKind.Explicit)]
internal struct Union
{
    [FieldOffset(0)]
    public long Whole;

    [FieldOffset(0)]
    public int Half;
}

[InlineArray(4)]
internal struct Four
{
    private int _first;
}

internal unsafe struct WithBuffer
{
    public fixed int Numbers[5];
}

internal struct WithReference
{
    public int Number;
    public string? Text;
    public Node? Node;
}

internal sealed class Bag<T> : List<T>
{
    public string? Label { get; set; }
}

internal sealed class Phonebook : Dictionary<string, int>
{
    public Phonebook()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    public object? Owner { get; set; }
}

internal sealed record ModuloComparer(int Modulo) : IEqualityComparer<int>, IComparer<int>
{
    public bool Equals(int x, int y) => x % Modulo == y % Modulo;

    public int GetHashCode(int obj) => obj % Modulo;

    public int Compare(int x, int y) => (x % Modulo).CompareTo(y % Modulo);
}

internal sealed class Key(string text)
{
    public Dictionary<Key, int>? Home { get; set; }

    public override bool Equals(object? obj) => obj is Key other && other.Text == Text;

    public override int GetHashCode() => Text.Length;

    public string Text { get; } = text;
}
