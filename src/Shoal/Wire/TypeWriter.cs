using System.Reflection;
using System.Text;

namespace Shoal.Wire;

/// <summary>Writes types: the first time in full, then by number.</summary>
internal sealed class TypeWriter(WireWriter writer)
{
    private readonly Dictionary<Type, int> _types = [];
    private readonly List<Type> _typeOrder = [];
    private readonly Dictionary<Assembly, int> _assemblies = [];
    private readonly List<Assembly> _assemblyOrder = [];

    /// <summary>Forgets the message.</summary>
    public void Clear() => BackTo((0, 0));

    /// <summary>The assemblies that the message has named so far.</summary>
    public IReadOnlyList<Assembly> Assemblies => _assemblyOrder;

    /// <summary>How many types and assemblies are known.</summary>
    public (int Types, int Assemblies) Here() => (_typeOrder.Count, _assemblyOrder.Count);

    /// <summary>Forgets what was named since.</summary>
    public void BackTo((int Types, int Assemblies) mark)
    {
        for (var i = _typeOrder.Count - 1; i >= mark.Types; i--)
        {
            _types.Remove(_typeOrder[i]);
            _typeOrder.RemoveAt(i);
        }

        for (var i = _assemblyOrder.Count - 1; i >= mark.Assemblies; i--)
        {
            _assemblies.Remove(_assemblyOrder[i]);
            _assemblyOrder.RemoveAt(i);
        }
    }

    /// <summary>Writes a type.</summary>
    public void Write(Type type)
    {
        if (_types.TryGetValue(type, out var known))
        {
            writer.Number((ulong)known + 1);
            return;
        }

        writer.Number(0);
        Define(type);
        _types.Add(type, _typeOrder.Count);
        _typeOrder.Add(type);
    }

    /// <summary>Writes an assembly and, where it is not the framework's, which build of it.</summary>
    public void Write(Assembly assembly)
    {
        if (_assemblies.TryGetValue(assembly, out var known))
        {
            writer.Number((ulong)known + 1);
            return;
        }

        if (Wire.Assemblies.WhyNot(assembly) is { } why)
            throw why;
        writer.Number(0);
        writer.Value(Wire.Assemblies.NameOf(assembly));
        var isFramework = Wire.Assemblies.IsFramework(assembly);
        writer.Byte(isFramework ? (byte)1 : (byte)0);
        if (!isFramework)
            writer.Bytes(assembly.ManifestModule.ModuleVersionId.ToByteArray());
        _assemblies.Add(assembly, _assemblyOrder.Count);
        _assemblyOrder.Add(assembly);
    }

    private void Define(Type type)
    {
        var common = Array.IndexOf(TypeMarks.Common, type);
        if (common >= 0)
        {
            writer.Byte((byte)(TypeMarks.FirstCommon + common));
        }
        else if (type.IsSZArray)
        {
            writer.Byte(TypeMarks.Vector);
            Write(type.GetElementType()!);
        }
        else if (type.IsArray)
        {
            writer.Byte(TypeMarks.Array);
            writer.Byte((byte)type.GetArrayRank());
            Write(type.GetElementType()!);
        }
        else if (type.IsConstructedGenericType)
        {
            writer.Byte(TypeMarks.Constructed);
            Write(type.GetGenericTypeDefinition());
            foreach (var argument in type.GetGenericArguments())
                Write(argument);
        }
        else if (type.IsPointer || type.IsByRef || type.IsFunctionPointer || type.IsGenericParameter)
        {
            throw new WireRefusal($"the type {type} cannot travel to a worker", "use a type without pointers and open parameters");
        }
        else
        {
            writer.Byte(TypeMarks.Named);
            Write(type.Assembly);
            var name = type.FullName!;
            var bytes = Encoding.UTF8.GetByteCount(name);
            writer.Number((ulong)bytes);
            Encoding.UTF8.GetBytes(name, writer.Take(bytes));
        }
    }
}
