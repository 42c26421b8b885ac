using System.Collections.Concurrent;
using System.Reflection;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>
/// Follows a function through its own code and what it calls, to learn which captured variables it reads, whether it writes one, and which static fields it sees.
/// </summary>
/// <remarks>The rules are in <c>README.md</c> beside this file. Facts are kept for each method; they do not depend on the captured values.</remarks>
internal sealed class FunctionWalk
{
    // Static fields are looked for in called code too; a program's whole code is not read for that.
    private const int MaxMethods = 2000;
    private const int MaxBodyBytes = 64 * 1024;

    private static readonly ConcurrentDictionary<(MethodBase Method, Type? Target), FunctionFacts> Known = new();

    private static readonly HashSet<string> OwnAssemblies =
    [
        "Shoal", "Shoal.Mpi", "Shoal.Spark", "Shoal.Numerics", "Shoal.Frames", "Shoal.Images", "Shoal.Learning", "Shoal.Reports", "Shoal.Experiments", "Shoal.Serve",
    ];

    private readonly HashSet<(MethodBase, bool)> _seen = [];
    private readonly Queue<MethodBase> _inside = new();
    private readonly Queue<MethodBase> _called = new();
    private readonly HashSet<Type> _captured = [];

    private FunctionWalk()
    {
    }

    /// <summary>What was found.</summary>
    public FunctionFacts Facts { get; } = new();

    /// <summary>The facts about a function.</summary>
    public static FunctionFacts Of(Delegate function)
    {
        var key = ((MethodBase)function.Method, function.Target?.GetType());
        return Known.TryGetValue(key, out var facts) ? facts : Known.GetOrAdd(key, static k => new FunctionWalk().Run(k.Item1, k.Item2));
    }

    /// <summary>Whether objects of a type may be closure objects that came with the function.</summary>
    public bool IsCaptured(Type type) => _captured.Contains(type);

    /// <summary>Whether an assembly's static fields are the user's: not the framework's or Shoal's, which look after themselves.</summary>
    public static bool IsOfUser(Assembly assembly) => !OwnAssemblies.Contains(assembly.GetName().Name!) && !Assemblies.IsFramework(assembly);

    /// <summary>A method that is called, or made into a function, by code that is walked.</summary>
    /// <param name="method">The method.</param>
    /// <param name="inside">Whether the caller is the function's own code: its lambdas, local functions and state machines.</param>
    /// <returns>Whether the method will be walked as a part of the function's own code.</returns>
    public bool Follow(MethodBase method, bool inside)
    {
        inside &= CompilerCode.IsMade(method) && !Assemblies.IsFramework(method.Module.Assembly);
        if (method.IsAbstract || !inside && !IsOfUser(method.Module.Assembly))
            return false;
        if (_seen.Add((method, inside)))
            (inside ? _inside : _called).Enqueue(method);
        return inside;
    }

    /// <summary>A state machine is made: its body runs sooner or later.</summary>
    public void FollowStateMachine(Type type, bool inside)
    {
        foreach (var method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            Follow(method, inside);
    }

    private FunctionFacts Run(MethodBase method, Type? target)
    {
        var isClosure = target is not null && CompilerCode.IsClosure(target);
        if (isClosure)
            AddCaptured(target!);
        var root = isClosure ? Origins.Of(target!) : target is not null && CompilerCode.IsMade(method) && !method.IsStatic ? Origins.Of(Origins.CapturedThis) : Origins.None;
        if (!Assemblies.IsFramework(method.Module.Assembly))
        {
            var inside = CompilerCode.IsMade(method);
            _seen.Add((method, inside));
            Walk(method, inside, root);
        }
        else
        {
            Facts.LetAllEscape();
        }

        while (_inside.TryDequeue(out var next) && _seen.Count < MaxMethods)
            Walk(next, inside: true, ThisOf(next));
        if (_inside.Count > 0)
            Facts.LetAllEscape();
        while (_called.TryDequeue(out var next) && _seen.Count < MaxMethods)
            Walk(next, inside: false, Origins.None);
        return Facts.Finish(method.Module.Assembly);
    }

    private void AddCaptured(Type closure)
    {
        if (!_captured.Add(closure))
            return;
        foreach (var field in Layout.Fields(closure).Where(f => CompilerCode.IsClosure(f.FieldType)))
            AddCaptured(field.FieldType);
    }

    // A lambda that uses only `this` is a method of the user's class; one with other captures is a method of its closure class.
    private Origins ThisOf(MethodBase method) =>
        method.IsStatic ? Origins.None
        : IsCaptured(method.DeclaringType!) ? Origins.Of(method.DeclaringType!)
        : CompilerCode.IsCarrier(method.DeclaringType!) ? Origins.None
        : Origins.Of(Origins.CapturedThis);

    private void Walk(MethodBase method, bool inside, Origins self)
    {
        try
        {
            var body = method.GetMethodBody();
            if (body?.GetILAsByteArray() is { } il && (inside || il.Length <= MaxBodyBytes))
                new MethodWalk(this, method, body, il, inside, self).Run();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Code that cannot be read (a missing assembly, an unusual instruction) may do anything with its closure object.
            if (inside)
                Facts.LetAllEscape();
        }
    }
}
