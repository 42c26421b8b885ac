using System.Reflection;
using System.Reflection.Emit;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Follows captured variables through one method's body: an abstract run over the evaluation stack.</summary>
/// <remarks>
/// The stack is followed instruction by instruction, and merged where paths meet. Locals and arguments are followed over the whole method:
/// what a local may hold anywhere it may hold everywhere. The run is repeated until nothing new is learned. It is longer than most files
/// because the instruction set is one table.
/// </remarks>
internal sealed class MethodWalk
{
    private readonly FunctionWalk _walk;
    private readonly MethodBase _method;
    private readonly bool _inside;
    private readonly SortedList<int, Instruction> _code;
    private readonly IList<ExceptionHandlingClause> _handlers;
    private readonly Origins[] _locals;
    private readonly Origins[] _arguments;
    private readonly Type[] _typeArguments;
    private readonly Type[] _methodArguments;
    private readonly Dictionary<int, Origins[]> _states = [];
    private readonly Queue<int> _pending = new();
    private readonly List<Origins> _stack = [];
    private bool _learned;
    private Type? _constrained;

    public MethodWalk(FunctionWalk walk, MethodBase method, MethodBody body, byte[] il, bool inside, Origins self)
    {
        _walk = walk;
        _method = method;
        _inside = inside;
        _code = IlReader.Read(il);
        _handlers = body.ExceptionHandlingClauses;
        _typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : [];
        _methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        _locals = [.. Enumerable.Repeat(Origins.None, body.LocalVariables.Count)];
        var parameters = method.GetParameters().Select(p => _walk.IsCaptured(p.ParameterType) ? Origins.Of(p.ParameterType) : Origins.None);
        _arguments = method.IsStatic ? [.. parameters] : [self, .. parameters];
    }

    private FunctionFacts Facts => _walk.Facts;

    /// <summary>Runs until nothing new is learned.</summary>
    public void Run()
    {
        do
        {
            _learned = false;
            _states.Clear();
            Enter(0, []);
            foreach (var handler in _handlers)
            {
                var hasError = handler.Flags is ExceptionHandlingClauseOptions.Clause or ExceptionHandlingClauseOptions.Filter;
                Enter(handler.HandlerOffset, hasError ? [Origins.None] : []);
                if (handler.Flags == ExceptionHandlingClauseOptions.Filter)
                    Enter(handler.FilterOffset, [Origins.None]);
            }

            while (_pending.TryDequeue(out var offset))
                RunFrom(offset);
        }
        while (_learned);
    }

    private void Enter(int offset, List<Origins> stack)
    {
        if (!_states.TryGetValue(offset, out var known))
        {
            _states.Add(offset, [.. stack]);
            _pending.Enqueue(offset);
            return;
        }

        var grew = false;
        for (var i = 0; i < known.Length; i++)
        {
            var merged = known[i].Or(stack[i]);
            grew |= merged.All.Length != known[i].All.Length;
            known[i] = merged;
        }

        if (grew)
            _pending.Enqueue(offset);
    }

    private void RunFrom(int offset)
    {
        _stack.Clear();
        _stack.AddRange(_states[offset]);
        var starts = offset;
        while (true)
        {
            if (offset != starts && _states.ContainsKey(offset))
            {
                Enter(offset, _stack);
                return;
            }

            var instruction = _code[offset];
            Step(instruction);
            foreach (var target in instruction.Targets)
                Enter(target, _stack);
            switch (instruction.Code.FlowControl)
            {
                case FlowControl.Branch:
                    Enter(instruction.Operand, instruction.Code.StackBehaviourPop == StackBehaviour.Pop0 && instruction.Code.Name!.StartsWith("leave", StringComparison.Ordinal) ? [] : _stack);
                    return;
                case FlowControl.Return or FlowControl.Throw:
                    return;
                case FlowControl.Cond_Branch when instruction.Targets.Length == 0 && instruction.Code.OperandType != OperandType.InlineSwitch:
                    Enter(instruction.Operand, _stack);
                    break;
            }

            offset = instruction.Next;
        }
    }

    private void Step(Instruction at)
    {
        var name = at.Code.Name!;
        var constrained = _constrained;
        _constrained = null;
        switch (name)
        {
            case "constrained.":
                _constrained = Type(at);
                break;
            case "ldarg.0" or "ldarg.1" or "ldarg.2" or "ldarg.3":
                Push(_arguments[name[^1] - '0']);
                break;
            case "ldarg.s" or "ldarg":
                Push(_arguments[at.Operand]);
                break;
            case "ldarga.s" or "ldarga":
                Escape(_arguments[at.Operand]);
                Push(Origins.None);
                break;
            case "starg.s" or "starg":
                Store(_arguments, at.Operand, Pop());
                break;
            case "ldloc.0" or "ldloc.1" or "ldloc.2" or "ldloc.3":
                Push(_locals[name[^1] - '0']);
                break;
            case "ldloc.s" or "ldloc":
                Push(_locals[at.Operand]);
                break;
            case "ldloca.s" or "ldloca":
                Escape(_locals[at.Operand]);
                Push(Origins.None);
                break;
            case "stloc.0" or "stloc.1" or "stloc.2" or "stloc.3":
                Store(_locals, name[^1] - '0', Pop());
                break;
            case "stloc.s" or "stloc":
                Store(_locals, at.Operand, Pop());
                break;
            case "dup":
                Push(_stack[^1]);
                break;
            case "castclass" or "isinst":
                break;
            case "ldfld":
                Push(LoadField(Field(at), Pop()));
                break;
            case "ldflda":
                Push(LoadAddress(Field(at), Pop()));
                break;
            case "stfld":
                var stored = Pop();
                StoreField(Field(at), Pop(), stored);
                break;
            case "ldsfld":
                LoadStatic(Field(at));
                Push(Origins.None);
                break;
            case "ldsflda":
                LoadStatic(Field(at));
                Facts.StaticsWritten.Add(Field(at));
                Push(Origins.None);
                break;
            case "stsfld":
                Facts.StaticsWritten.Add(Field(at));
                Lose(Pop());
                break;
            case "ldftn":
                Push(Origins.Of(Method(at)));
                break;
            case "ldvirtftn":
                Pop();
                Push(Origins.Of(Method(at)));
                break;
            case "newobj":
                New(Method(at));
                break;
            case "call" or "callvirt":
                Call(Method(at), constrained);
                break;
            case "calli":
                CallIndirect(at);
                break;
            case "jmp":
                Facts.LetAllEscape();
                break;
            case "initobj":
                Write(Pop());
                break;
            case "stobj" or "cpobj" or "cpblk" or "initblk":
            case var store when store.StartsWith("stind", StringComparison.Ordinal):
                StoreThroughAddress(name);
                break;
            case "ret":
                if (_method is MethodInfo { ReturnType: var result } && result != typeof(void))
                    Lose(Pop());
                break;
            case "switch" or "pop" or "ldobj" or "ceq" or "cgt.un" or "brtrue" or "brfalse" or "brtrue.s" or "brfalse.s" or "beq" or "beq.s" or "bne.un" or "bne.un.s":
            case var load when load.StartsWith("ldind", StringComparison.Ordinal):
                Balance(at.Code, lose: false);
                break;
            default:
                Balance(at.Code, lose: true);
                break;
        }
    }

    private Origins LoadField(FieldInfo field, Origins owner)
    {
        Touch(field);
        if (CompilerCode.IsCache(field))
            return Origins.None;
        foreach (var _ in owner.Closures.Where(c => c == field.DeclaringType))
            Facts.AddRead(field);
        return _walk.IsCaptured(field.FieldType) ? Origins.Of(field.FieldType)
            : _inside && CompilerCode.IsThis(field) && !CompilerCode.IsCarrier(field.FieldType) ? Origins.Of(Origins.CapturedThis)
            : Origins.None;
    }

    private Origins LoadAddress(FieldInfo field, Origins owner)
    {
        Touch(field);
        if (CompilerCode.IsCache(field))
            return Origins.None;
        var places = Origins.None;
        foreach (var _ in owner.Closures.Where(c => c == field.DeclaringType))
        {
            Facts.AddRead(field);
            places = places.Or(Origins.Of(new Place(field, OfThis: false)));
        }

        if (owner.IsThis)
            places = places.Or(Origins.Of(new Place(field, OfThis: true)));
        return places.Or(new Origins([.. owner.Places]));
    }

    private void StoreField(FieldInfo field, Origins owner, Origins value)
    {
        Touch(field);
        if (CompilerCode.IsCache(field))
            return;
        foreach (var _ in owner.Closures.Where(c => c == field.DeclaringType))
            RefuseWrite(new Place(field, OfThis: false));
        if (owner.IsThis)
            RefuseWrite(new Place(field, OfThis: true));
        Write(owner);

        // A closure object that is kept in a carrier of the same walk is followed by the type of the field.
        var isKept = CompilerCode.IsCarrier(field.DeclaringType!);
        Lose(new Origins([.. value.All.Where(o => !(isKept && o is Type type && type == field.FieldType))]));
    }

    private void LoadStatic(FieldInfo field)
    {
        if (StaticFields.IsCompared(field))
            Facts.StaticsRead.Add(field);
    }

    private void New(MethodBase constructor)
    {
        var parameters = constructor.GetParameters();
        var arguments = Pop(parameters.Length);
        if (typeof(Delegate).IsAssignableFrom(constructor.DeclaringType) && arguments is [var target, var pointer])
        {
            foreach (var method in pointer.All.OfType<MethodBase>())
            {
                var isFollowed = _walk.Follow(method, _inside);
                Escape(new Origins([.. target.Closures.Where(c => !isFollowed || c != method.DeclaringType)]));
            }
        }
        else
        {
            Touch(constructor);
            if (!CompilerCode.IsCarrier(constructor.DeclaringType!))
                _walk.Follow(constructor, _inside);
            Pass(constructor, parameters, arguments);
        }

        Push(Origins.None);
    }

    private void Call(MethodBase method, Type? constrained)
    {
        Touch(method);
        var parameters = method.GetParameters();
        var arguments = Pop(parameters.Length);
        var isFollowed = _walk.Follow(method, _inside);
        if (method is { Name: "get_Target", DeclaringType: { } type } && type == typeof(Delegate))
            Facts.LetAllEscape();
        var owner = Origins.None;
        if (!method.IsStatic)
        {
            owner = Pop();
            Escape(new Origins([.. owner.Closures.Where(c => !isFollowed || c != method.DeclaringType)]));
            foreach (var place in owner.Places.Where(p => !p.OfThis))
                CallOnVariable(place, method, constrained);
        }

        Pass(method, parameters, arguments);
        if (method is not MethodInfo { ReturnType: var result } || result == typeof(void))
            return;

        // A method that returns an address may return the one that it was given.
        Push(result.IsByRef ? new Origins([.. arguments.Append(owner).SelectMany(a => a.Places).Distinct()])
            : _walk.IsCaptured(result) ? Origins.Of(result) : Origins.None);
    }

    private void Pass(MethodBase method, ParameterInfo[] parameters, Origins[] arguments)
    {
        var isFollowed = _inside && CompilerCode.IsMade(method) && !Assemblies.IsFramework(method.Module.Assembly);
        for (var i = 0; i < arguments.Length; i++)
        {
            Escape(new Origins([.. arguments[i].Closures.Where(c => !isFollowed || c != parameters[i].ParameterType)]));
            if (!StructCalls.IsIn(parameters[i]))
                Write(arguments[i]);
        }
    }

    private void CallOnVariable(Place place, MethodBase method, Type? constrained)
    {
        var variable = TypeText.Name(place.Field.Name);
        if (method.IsConstructor)
            RefuseWrite(place);
        else if (!StructCalls.IsRead(method, constrained))
            Facts.Refuse($"calls {method.Name} on captured `{variable}`, which may change it", "copy it first: a local inside the function");
    }

    private void CallIndirect(Instruction at)
    {
        // The signature: convention, count of parameters, result; closure objects that go this way are given up.
        var signature = _method.Module.ResolveSignature(at.Operand);
        for (var i = 0; i <= signature[1]; i++)
            Lose(Pop());
        if (signature[2] != 0x01)
            Push(Origins.None);
    }

    private void StoreThroughAddress(string name)
    {
        var popped = name is "cpblk" or "initblk" ? Pop(3) : Pop(2);
        Write(popped[0]);
        foreach (var value in popped[1..])
            Escape(value);
    }

    private void Balance(OpCode code, bool lose)
    {
        var pops = StackCounts.Of(code.StackBehaviourPop);
        foreach (var value in Pop(pops))
        {
            if (lose)
                Lose(value);
        }

        for (var i = 0; i < StackCounts.Of(code.StackBehaviourPush); i++)
            Push(Origins.None);
    }

    // Where a value goes out of sight: closure objects travel whole, addresses may be written through.
    private void Lose(Origins value)
    {
        Escape(value);
        Write(value);
    }

    private void Escape(Origins value)
    {
        foreach (var closure in value.Closures)
            Facts.AddWhole(closure);
    }

    private void Write(Origins value)
    {
        foreach (var place in value.Places)
            RefuseWrite(place);
    }

    private void RefuseWrite(Place place)
    {
        var variable = TypeText.Name(place.Field.Name);
        Facts.Refuse(place.OfThis ? $"writes `{variable}` of the captured `this`" : $"writes captured `{variable}`", "return it, or use `Reduce`");
    }

    private void Touch(MemberInfo member)
    {
        if (member.DeclaringType is { } type && CompilerCode.IsStateMachine(type))
            _walk.FollowStateMachine(type, _inside);
    }

    private void Store(Origins[] variables, int index, Origins value)
    {
        var merged = variables[index].Or(value);
        _learned |= merged.All.Length != variables[index].All.Length;
        variables[index] = merged;
    }

    private void Push(Origins value) => _stack.Add(value);

    private Origins Pop()
    {
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private Origins[] Pop(int count)
    {
        Origins[] values = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private FieldInfo Field(Instruction at) => _method.Module.ResolveField(at.Operand, _typeArguments, _methodArguments)!;

    private MethodBase Method(Instruction at) => _method.Module.ResolveMethod(at.Operand, _typeArguments, _methodArguments)!;

    private Type Type(Instruction at) => _method.Module.ResolveType(at.Operand, _typeArguments, _methodArguments);
}
