using System.Runtime.CompilerServices;

namespace Shoal.Wire;

/// <summary>Finds, once a type, how its values are packed.</summary>
internal static class PackingFactory
{
    private static readonly Type[] Tuples =
    [
        typeof(TuplePacking<,,,>), typeof(TuplePacking<,,,,,>), typeof(TuplePacking<,,,,,,,>), typeof(TuplePacking<,,,,,,,,,>),
        typeof(TuplePacking<,,,,,,,,,,,>), typeof(TuplePacking<,,,,,,,,,,,,,>), typeof(TuplePacking<,,,,,,,,,,,,,,,>),
    ];

    /// <summary>The packing of a type; none where each value needs a message.</summary>
    public static Packing<T>? Create<T>()
    {
        if (WireFormat.IsBlock<T>())
            return new MemoryPacking<T>();
        var arrays = 0;
        return Code(typeof(T), ref arrays) is { } code && arrays <= 1
            ? (Packing<T>)Activator.CreateInstance(typeof(CodePacking<,>).MakeGenericType(typeof(T), code))!
            : null;
    }

    private static Type? Code(Type type, ref int arrays)
    {
        if (type == typeof(string))
            return typeof(TextPacking);
        if (FormatterFactory.IsBlock(type))
            return typeof(BlockPacking<>).MakeGenericType(type);
        if (type.IsSZArray && FormatterFactory.IsBlock(type.GetElementType()!))
        {
            arrays++;
            return typeof(ArrayPacking<>).MakeGenericType(type.GetElementType()!);
        }

        return Parts(type) is { } parts ? OfTuple(parts, ref arrays) : null;
    }

    private static Type? OfTuple(Type[] parts, ref int arrays)
    {
        var arguments = new Type[2 * parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Code(parts[i], ref arrays) is not { } code)
                return null;
            (arguments[2 * i], arguments[2 * i + 1]) = (parts[i], code);
        }

        return Tuples[parts.Length - 2].MakeGenericType(arguments);
    }

    // Of 2 to 8 parts; the eighth is a tuple of its own behind the others.
    private static Type[]? Parts(Type type)
    {
        if (!type.IsValueType || !type.IsConstructedGenericType || !typeof(ITuple).IsAssignableFrom(type) || !Assemblies.IsFramework(type.Assembly))
            return null;
        var parts = type.GetGenericArguments();
        if (parts.Length < 8)
            return parts.Length >= 2 ? parts : null;
        return parts[7].IsConstructedGenericType && parts[7].GetGenericTypeDefinition() == typeof(ValueTuple<>) ? [.. parts[..7], parts[7].GetGenericArguments()[0]] : null;
    }

    /// <summary>Values one by one.</summary>
    private sealed class CodePacking<T, P> : Packing<T>
        where P : IPacking<T>
    {
        public override int Size => 0;

        // Compiled well at once: nothing of the user's runs in the two loops, so there is nothing to learn first.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override int Write(ReadOnlySpan<T> values, Span<byte> room, out int bytes)
        {
            bytes = 0;
            for (var i = 0; i < values.Length; i++)
            {
                var at = bytes;
                if (!P.TryWrite(in values[i], room, ref at))
                    return i;
                bytes = at;
            }

            return values.Length;
        }

        public override bool TryWrite(in T value, Span<byte> room, out int bytes)
        {
            bytes = 0;
            return P.TryWrite(in value, room, ref bytes);
        }

        public override T Read(ReadOnlySpan<byte> bytes, out int used)
        {
            used = 0;
            return P.Read(bytes, ref used);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override int Read(ReadOnlySpan<byte> bytes, Span<T> values)
        {
            var at = 0;
            foreach (ref var value in values)
                value = P.Read(bytes, ref at);
            return at;
        }
    }
}
