using System.Reflection;
using System.Reflection.Emit;
using Shoal.Wire;

namespace Shoal.Functions;

// What each instruction does to the origins on the stack.
internal sealed partial class MethodWalk
{
    private void Step(Instruction at)
    {
        var code = (ushort)at.Code.Value;
        var constrained = _constrained;
        _constrained = null;
        switch (code)
        {
            case Op.Constrained:
                _constrained = Type(at);
                break;
            case >= Op.LdArg0 and <= Op.LdArg3:
                Push(_arguments[code - Op.LdArg0]);
                break;
            case Op.LdArgS or Op.LdArg:
                Push(_arguments[at.Operand]);
                break;
            case Op.LdArgAS or Op.LdArgA:
                Escape(_arguments[at.Operand]);
                Push(Origins.None);
                break;
            case Op.StArgS or Op.StArg:
                Store(_arguments, at.Operand, Pop());
                break;
            case >= Op.LdLoc0 and <= Op.LdLoc3:
                Push(_locals[code - Op.LdLoc0]);
                break;
            case Op.LdLocS or Op.LdLoc:
                Push(_locals[at.Operand]);
                break;
            case Op.LdLocAS or Op.LdLocA:
                Escape(_locals[at.Operand]);
                Push(Origins.None);
                break;
            case >= Op.StLoc0 and <= Op.StLoc3:
                Store(_locals, code - Op.StLoc0, Pop());
                break;
            case Op.StLocS or Op.StLoc:
                Store(_locals, at.Operand, Pop());
                break;
            case Op.Dup:
                Push(_stack[^1]);
                break;
            case Op.CastClass or Op.IsInst:
                break;
            case Op.LdFld:
                Push(LoadField(Field(at), Pop()));
                break;
            case Op.LdFldA:
                Push(LoadAddress(Field(at), Pop()));
                break;
            case Op.StFld:
                var stored = Pop();
                StoreField(Field(at), Pop(), stored);
                break;
            case Op.LdSFld:
                LoadStatic(Field(at));
                Push(Origins.None);
                break;
            case Op.LdSFldA:
                LoadStatic(Field(at));
                Facts.StaticsWritten.Add(Field(at));
                Push(Origins.None);
                break;
            case Op.StSFld:
                Facts.StaticsWritten.Add(Field(at));
                Lose(Pop());
                break;
            case Op.LdFtn:
                Push(Origins.Of(Method(at)));
                break;
            case Op.LdVirtFtn:
                Pop();
                Push(Origins.Of(Method(at)));
                break;
            case Op.NewObj:
                New(Method(at));
                break;
            case Op.Call or Op.CallVirt:
                Call(Method(at), constrained);
                break;
            case Op.CallI:
                CallIndirect(at);
                break;
            case Op.Jmp:
                Facts.LetAllEscape();
                break;
            case Op.InitObj:
                Write(Pop());
                break;
            case Op.StObj or Op.CpObj or Op.CpBlk or Op.InitBlk or Op.StIndI or (>= Op.StIndRef and <= Op.StIndR8):
                StoreThroughAddress(code);
                break;
            case Op.Ret:
                if (_method is MethodInfo { ReturnType: var result } && result != typeof(void))
                    Lose(Pop());
                break;
            case Op.Switch or Op.Pop or Op.LdObj or Op.Ceq or Op.CgtUn or Op.BrTrue or Op.BrFalse or Op.BrTrueS or Op.BrFalseS or Op.Beq or Op.BeqS or Op.BneUn or Op.BneUnS:
            case >= Op.LdIndI1 and <= Op.LdIndRef:
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

    private void StoreThroughAddress(ushort code)
    {
        var popped = code is Op.CpBlk or Op.InitBlk ? Pop(3) : Pop(2);
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
}
