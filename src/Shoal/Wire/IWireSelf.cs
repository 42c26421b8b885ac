namespace Shoal.Wire;

/// <summary>A type that writes itself in its own way, such as a value that belongs to the worker. Implementing it is all the registration there is.</summary>
/// <remarks>
/// The object is registered after <see cref="ReadFrom"/> returned: what it writes may not lead back to it; where it does, the writer refuses.
/// </remarks>
internal interface IWireSelf<TSelf>
    where TSelf : class, IWireSelf<TSelf>
{
    /// <summary>Writes what <see cref="ReadFrom"/> needs.</summary>
    void WriteTo(WireWriter writer);

    /// <summary>Makes the object in the worker, or finds the one that is there already.</summary>
    static abstract TSelf ReadFrom(WireReader reader);
}

/// <summary>Objects that write themselves.</summary>
internal static class SelfFormatter
{
    /// <summary>The formatter of a type that writes itself; null for other types.</summary>
    public static ObjectFormatter? For(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IWireSelf<>) && i.GetGenericArguments()[0] == type)
            ? (ObjectFormatter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type))!
            : null;

    private sealed class Of<TSelf> : ObjectFormatter
        where TSelf : class, IWireSelf<TSelf>
    {
        public override bool IsLate(object value) => true;

        public override void Write(WireWriter writer, object value) => ((TSelf)value).WriteTo(writer);

        public override object Read(WireReader reader, int id) => TSelf.ReadFrom(reader);
    }
}
