using System.Collections.Concurrent;
using System.Reflection;
using System.Text;

namespace Shoal.Wire;

/// <summary>Reads types that <see cref="TypeWriter"/> wrote.</summary>
internal sealed class TypeReader(WireReader reader)
{
    // Damaged bytes must not nest types without end.
    private const int MaxNesting = 64;

    // Types that were constructed before, such as the delegate's of each call.
    private static readonly ConcurrentDictionary<Construction, Type> Constructed = new();

    private readonly List<Type> _types = [];
    private readonly List<Assembly> _assemblies = [];
    private int _nesting;

    /// <summary>Reads a type.</summary>
    public Type Read()
    {
        var number = reader.Number(_types.Count + 1, "the type number");
        if (number > 0)
            return _types[number - 1];
        if (++_nesting > MaxNesting)
            throw reader.Damaged("a type is nested too deeply");
        var type = Define();
        _nesting--;
        _types.Add(type);
        return type;
    }

    /// <summary>Reads an assembly; throws where the worker runs another build of it.</summary>
    public Assembly ReadAssembly()
    {
        var number = reader.Number(_assemblies.Count + 1, "the assembly number");
        if (number > 0)
            return _assemblies[number - 1];
        var name = reader.Value<string>() ?? throw reader.Damaged("an assembly has no name");
        var isFramework = reader.Byte() == 1;
        var version = isFramework ? Guid.Empty : new Guid(reader.Bytes(16));
        var assembly = Assemblies.Find(name) ?? throw new ShoalException($"The assembly {name} cannot be loaded here: put it beside the program that runs the workers.");
        if (!isFramework && assembly.ManifestModule.ModuleVersionId != version)
            throw new ShoalException($"The worker runs another build of {name}: caller and worker must load the same file. Build again and restart both.");
        _assemblies.Add(assembly);
        return assembly;
    }

    private static Type Construct(Type definition, Type[] arguments)
    {
        var construction = new Construction(definition, arguments);
        return Constructed.TryGetValue(construction, out var known) ? known : Constructed.GetOrAdd(construction, definition.MakeGenericType(arguments));
    }

    private Type Define()
    {
        var mark = reader.Byte();
        switch (mark)
        {
            case TypeMarks.Named:
                var assembly = ReadAssembly();
                var name = Encoding.UTF8.GetString(reader.Bytes(reader.Count()));
                return Assemblies.FindType(assembly, name) ?? throw reader.Damaged($"{assembly.GetName().Name} has no type {name}");
            case TypeMarks.Constructed:
                var definition = Read();
                if (!definition.IsGenericTypeDefinition)
                    throw reader.Damaged($"{definition.Name} takes no type arguments");
                var arguments = new Type[definition.GetGenericArguments().Length];
                for (var i = 0; i < arguments.Length; i++)
                    arguments[i] = Read();
                return Construct(definition, arguments);
            case TypeMarks.Vector:
                return Read().MakeArrayType();
            case TypeMarks.Array:
                var rank = reader.Byte();
                return rank is >= 1 and <= 32 ? Read().MakeArrayType(rank) : throw reader.Damaged($"an array has {rank} dimensions");
            default:
                var common = mark - TypeMarks.FirstCommon;
                return common >= 0 && common < TypeMarks.Common.Length ? TypeMarks.Common[common] : throw reader.Damaged($"{mark} is no mark of a type");
        }
    }

    private sealed class Construction(Type definition, Type[] arguments) : IEquatable<Construction>
    {
        private readonly Type _definition = definition;
        private readonly Type[] _arguments = arguments;

        public bool Equals(Construction? other)
        {
            if (other is null || other._definition != _definition || other._arguments.Length != _arguments.Length)
                return false;
            for (var i = 0; i < _arguments.Length; i++)
            {
                if (other._arguments[i] != _arguments[i])
                    return false;
            }

            return true;
        }

        public override bool Equals(object? obj) => Equals(obj as Construction);

        public override int GetHashCode()
        {
            var hash = _definition.GetHashCode();
            foreach (var argument in _arguments)
                hash = 31 * hash + argument.GetHashCode();
            return hash;
        }
    }
}
