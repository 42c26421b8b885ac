namespace Shoal.ClosureShapes;

public struct Point
{
    public int X;
    public int Y;

    public readonly int Sum => X + Y;

    public int Product => X * Y;

    public int Next() => ++X;
}

public readonly struct Size(int width, int height)
{
    public int Area() => width * height;

    public override string ToString() => $"{width} by {height}";
}

public record struct Pair(int Left, int Right);

public struct Counter : IComparable<Counter>
{
    private int _count;

    public int CompareTo(Counter other) => _count++ - other._count;
}
