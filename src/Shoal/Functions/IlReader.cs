using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Shoal.Functions;

/// <summary>One instruction of a method's body.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Next">Where the following one begins.</param>
/// <param name="Code">What it does.</param>
/// <param name="Operand">A token, a number of a variable, or the offset that it jumps to; 0 where it has none of these.</param>
/// <param name="Targets">Where a <c>switch</c> jumps to.</param>
internal sealed record Instruction(int Offset, int Next, OpCode Code, int Operand, int[] Targets);

/// <summary>Decodes the bytes of a method's body (ECMA-335, partition III).</summary>
internal static class IlReader
{
    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoBytes = new OpCode[256];

    static IlReader()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? OneByte : TwoBytes)[code.Value & 0xFF] = code;
        }
    }

    /// <summary>The instructions of a body, each at the index of its first byte.</summary>
    public static Instruction?[] Read(byte[] il)
    {
        var instructions = new Instruction?[il.Length];
        for (var at = 0; at < il.Length; at = instructions[at]!.Next)
            instructions[at] = Next(il, at);
        return instructions;
    }

    private static Instruction Next(byte[] il, int offset)
    {
        var at = offset;
        var code = il[at] == 0xFE ? TwoBytes[il[at + 1]] : OneByte[il[at]];
        if (code.Name is null)
            throw new BadImageFormatException($"No instruction has the code {il[at]:X2}.");
        at += code.Size;
        var bytes = il.AsSpan(at);
        switch (code.OperandType)
        {
            case OperandType.InlineNone:
                return new(offset, at, code, 0, []);
            case OperandType.ShortInlineBrTarget:
                return new(offset, at + 1, code, at + 1 + (sbyte)bytes[0], []);
            case OperandType.ShortInlineI or OperandType.ShortInlineVar:
                return new(offset, at + 1, code, bytes[0], []);
            case OperandType.InlineVar:
                return new(offset, at + 2, code, BinaryPrimitives.ReadUInt16LittleEndian(bytes), []);
            case OperandType.InlineBrTarget:
                return new(offset, at + 4, code, at + 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes), []);
            case OperandType.InlineI8 or OperandType.InlineR:
                return new(offset, at + 8, code, 0, []);
            case OperandType.InlineSwitch:
                var targets = new int[BinaryPrimitives.ReadInt32LittleEndian(bytes)];
                var next = at + 4 + 4 * targets.Length;
                for (var i = 0; i < targets.Length; i++)
                    targets[i] = next + BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 + 4 * i)..]);
                return new(offset, next, code, 0, targets);
            default:
                return new(offset, at + 4, code, BinaryPrimitives.ReadInt32LittleEndian(bytes), []);
        }
    }
}
