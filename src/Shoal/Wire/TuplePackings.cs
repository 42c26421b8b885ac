namespace Shoal.Wire;

/// <summary>The 2 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2> : IPacking<(T1, T2)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
{
    public static bool TryWrite(in (T1, T2) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at);

    public static (T1, T2) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at));
}

/// <summary>The 3 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3> : IPacking<(T1, T2, T3)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
{
    public static bool TryWrite(in (T1, T2, T3) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at);

    public static (T1, T2, T3) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at));
}

/// <summary>The 4 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3, T4, P4> : IPacking<(T1, T2, T3, T4)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
    where P4 : IPacking<T4>
{
    public static bool TryWrite(in (T1, T2, T3, T4) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at) && P4.TryWrite(in value.Item4, room, ref at);

    public static (T1, T2, T3, T4) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at), P4.Read(bytes, ref at));
}

/// <summary>The 5 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3, T4, P4, T5, P5> : IPacking<(T1, T2, T3, T4, T5)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
    where P4 : IPacking<T4>
    where P5 : IPacking<T5>
{
    public static bool TryWrite(in (T1, T2, T3, T4, T5) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at) && P4.TryWrite(in value.Item4, room, ref at) && P5.TryWrite(in value.Item5, room, ref at);

    public static (T1, T2, T3, T4, T5) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at), P4.Read(bytes, ref at), P5.Read(bytes, ref at));
}

/// <summary>The 6 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3, T4, P4, T5, P5, T6, P6> : IPacking<(T1, T2, T3, T4, T5, T6)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
    where P4 : IPacking<T4>
    where P5 : IPacking<T5>
    where P6 : IPacking<T6>
{
    public static bool TryWrite(in (T1, T2, T3, T4, T5, T6) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at) && P4.TryWrite(in value.Item4, room, ref at) && P5.TryWrite(in value.Item5, room, ref at) && P6.TryWrite(in value.Item6, room, ref at);

    public static (T1, T2, T3, T4, T5, T6) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at), P4.Read(bytes, ref at), P5.Read(bytes, ref at), P6.Read(bytes, ref at));
}

/// <summary>The 7 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3, T4, P4, T5, P5, T6, P6, T7, P7> : IPacking<(T1, T2, T3, T4, T5, T6, T7)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
    where P4 : IPacking<T4>
    where P5 : IPacking<T5>
    where P6 : IPacking<T6>
    where P7 : IPacking<T7>
{
    public static bool TryWrite(in (T1, T2, T3, T4, T5, T6, T7) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at) && P4.TryWrite(in value.Item4, room, ref at) && P5.TryWrite(in value.Item5, room, ref at) && P6.TryWrite(in value.Item6, room, ref at) && P7.TryWrite(in value.Item7, room, ref at);

    public static (T1, T2, T3, T4, T5, T6, T7) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at), P4.Read(bytes, ref at), P5.Read(bytes, ref at), P6.Read(bytes, ref at), P7.Read(bytes, ref at));
}

/// <summary>The 8 parts of a tuple, one after another.</summary>
internal readonly struct TuplePacking<T1, P1, T2, P2, T3, P3, T4, P4, T5, P5, T6, P6, T7, P7, T8, P8> : IPacking<(T1, T2, T3, T4, T5, T6, T7, T8)>
    where P1 : IPacking<T1>
    where P2 : IPacking<T2>
    where P3 : IPacking<T3>
    where P4 : IPacking<T4>
    where P5 : IPacking<T5>
    where P6 : IPacking<T6>
    where P7 : IPacking<T7>
    where P8 : IPacking<T8>
{
    public static bool TryWrite(in (T1, T2, T3, T4, T5, T6, T7, T8) value, Span<byte> room, ref int at)
        => P1.TryWrite(in value.Item1, room, ref at) && P2.TryWrite(in value.Item2, room, ref at) && P3.TryWrite(in value.Item3, room, ref at) && P4.TryWrite(in value.Item4, room, ref at) && P5.TryWrite(in value.Item5, room, ref at) && P6.TryWrite(in value.Item6, room, ref at) && P7.TryWrite(in value.Item7, room, ref at) && P8.TryWrite(in value.Item8, room, ref at);

    public static (T1, T2, T3, T4, T5, T6, T7, T8) Read(ReadOnlySpan<byte> bytes, ref int at)
        => (P1.Read(bytes, ref at), P2.Read(bytes, ref at), P3.Read(bytes, ref at), P4.Read(bytes, ref at), P5.Read(bytes, ref at), P6.Read(bytes, ref at), P7.Read(bytes, ref at), P8.Read(bytes, ref at));
}
