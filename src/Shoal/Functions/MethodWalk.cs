using System.Reflection;
using System.Reflection.Emit;

namespace Shoal.Functions;

/// <summary>Follows captured variables through one method's body: an abstract run over the evaluation stack.</summary>
/// <remarks>
/// The stack is followed instruction by instruction, and merged where paths meet. Locals and arguments are followed over the whole method:
/// what a local may hold anywhere it may hold everywhere. The run is repeated until nothing new is learned.
/// </remarks>
internal sealed partial class MethodWalk
{
    private readonly FunctionWalk _walk;
    private readonly MethodBase _method;
    private readonly bool _inside;
    private readonly Instruction?[] _code;
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
        _locals = new Origins[body.LocalVariables.Count];
        Array.Fill(_locals, Origins.None);
        var parameters = Array.ConvertAll(method.GetParameters(), p => _walk.IsCaptured(p.ParameterType) ? Origins.Of(p.ParameterType) : Origins.None);
        _arguments = method.IsStatic ? parameters : [self, .. parameters];
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

            var instruction = _code[offset] ?? throw new BadImageFormatException("A jump leads into an instruction.");
            Step(instruction);
            foreach (var target in instruction.Targets)
                Enter(target, _stack);
            switch (instruction.Code.FlowControl)
            {
                case FlowControl.Branch:
                    Enter(instruction.Operand, (ushort)instruction.Code.Value is Op.Leave or Op.LeaveS ? [] : _stack);
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
