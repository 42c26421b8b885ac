using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>
/// Reads a function's code, and all that it calls, to learn of which arrays it only reads the elements: a worker may hand such an array to the next call as well.
/// </summary>
/// <remarks>
/// It looks at instructions, not at values: who writes an element of 8 bytes of any array may have written one of a captured <c>double[]</c>. Whatever is not known to
/// be harmless counts as a write. The rules are in <c>README.md</c> beside this file.
/// </remarks>
internal sealed class ElementWalk
{
    private const int MaxMethods = 500;
    private const ushort LdElemA = 0x8F, StElemI = 0x9B, StElemI1 = 0x9C, StElemR8 = 0xA1, StElem = 0xA4, ReadOnlyPrefix = 0xFE1E;

    // stelem.i1 … stelem.r8, in the order of their codes.
    private static readonly ElementSizes[] Stores = [ElementSizes.One, ElementSizes.Two, ElementSizes.Four, ElementSizes.Eight, ElementSizes.Four, ElementSizes.Eight];

    private static readonly ConcurrentDictionary<MethodBase, ElementSizes> Known = new();

    private readonly HashSet<MethodBase> _seen = [];
    private readonly HashSet<Type> _made = [];
    private readonly Queue<MethodBase> _pending = new();
    private ElementSizes _written;

    private ElementWalk()
    {
    }

    /// <summary>The arrays whose elements one function may write.</summary>
    public static ElementSizes WrittenBy(Delegate part) =>
        Known.TryGetValue(part.Method, out var known) ? known : Known.GetOrAdd(part.Method, static method => new ElementWalk().Run(method));

    /// <summary>The mark for elements of a size.</summary>
    public static ElementSizes SizeOf(int bytes) => bytes switch
    {
        1 => ElementSizes.One,
        2 => ElementSizes.Two,
        4 => ElementSizes.Four,
        8 => ElementSizes.Eight,
        _ => ElementSizes.Other,
    };

    private ElementSizes Run(MethodBase method)
    {
        Called(method, isVirtual: false, null);
        while (_written != ElementSizes.Any && _pending.TryDequeue(out var next))
        {
            try
            {
                Walk(next);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                _written = ElementSizes.Any; // code that cannot be read may do anything
            }
        }

        return _written;
    }

    private void Walk(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            _written = ElementSizes.Any;
            return;
        }

        var types = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        var arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        var (isReadOnly, constrained) = (false, (Type?)null);
        foreach (var at in IlReader.Read(il).OfType<Instruction>())
        {
            var code = (ushort)at.Code.Value;
            if (code is ReadOnlyPrefix or Op.Constrained)
            {
                isReadOnly |= code == ReadOnlyPrefix;
                constrained = code == Op.Constrained ? method.Module.ResolveType(at.Operand, types, arguments) : constrained;
                continue;
            }

            if (at.Code.OperandType == OperandType.InlineType && code is StElem or LdElemA && !isReadOnly)
                Stored(method.Module.ResolveType(at.Operand, types, arguments));
            else if (at.Code.OperandType == OperandType.InlineField)
                Static(code, method.Module.ResolveField(at.Operand, types, arguments)!);
            else if (at.Code.OperandType == OperandType.InlineMethod)
                Called(method.Module.ResolveMethod(at.Operand, types, arguments)!, code is Op.CallVirt or Op.LdVirtFtn, constrained);
            else if (code is >= StElemI1 and <= StElemR8)
                _written |= Stores[code - StElemI1];
            else if (code is StElemI or Op.CallI or Op.Jmp)
                _written = ElementSizes.Any;
            (isReadOnly, constrained) = (false, null);
        }
    }

    private void Stored(Type element)
    {
        if (element.IsValueType)
            _written |= SizeOf(Layout.Size(element));
    }

    // Only what a static field leads to outlives the call.
    private void Static(ushort code, FieldInfo field)
    {
        if (code is Op.LdSFld or Op.LdSFldA or Op.StSFld && !CompilerCode.IsCache(field) && !Assemblies.IsFramework(field.Module.Assembly) && HarmlessCalls.CanHold(field.FieldType)
            && (code != Op.LdSFld || !IsOwnBlock(field.FieldType)))
            _written = ElementSizes.Any;
    }

    // An array of numbers holds nothing else; and it came with nobody.
    private static bool IsOwnBlock(Type type) => type.IsSZArray && !HarmlessCalls.CanHold(type.GetElementType()!);

    private void Called(MethodBase method, bool isVirtual, Type? constrained)
    {
        var type = method.DeclaringType;
        // A function is bound to an object: what the function does is read where its method is loaded.
        if (typeof(Delegate).IsAssignableFrom(type) && method.IsConstructor)
            return;
        if (type is null || method.ContainsGenericParameters || constrained is { IsValueType: true } && !Assemblies.IsFramework(constrained.Assembly))
            _written = ElementSizes.Any;
        else if (!FunctionWalk.IsOfUser(type.Assembly) || type.IsArray || typeof(Delegate).IsAssignableFrom(type))
            _written |= HarmlessCalls.Has(method) ? ElementSizes.None : ElementSizes.Any;
        else if (method.IsAbstract || isVirtual && method.IsVirtual && !method.IsFinal && !type.IsSealed)
            _written = ElementSizes.Any;
        else
            Follow(method);

        // What is made may be called through an interface or a base class.
        if (method.IsConstructor && type is { IsValueType: false } && FunctionWalk.IsOfUser(type.Assembly))
            FollowAll(type);
    }

    private void FollowAll(Type type)
    {
        for (var level = type; level is not null && FunctionWalk.IsOfUser(level.Assembly) && _made.Add(level); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (method.IsVirtual && !method.IsAbstract)
                    Follow(method);
            }
        }
    }

    private void Follow(MethodBase method)
    {
        if (!_seen.Add(method))
            return;
        _pending.Enqueue(method);
        if (_seen.Count > MaxMethods || method.IsGenericMethodDefinition)
            _written = ElementSizes.Any;
    }
}
