using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Shoal.Wire;

namespace Shoal.Functions;

/// <summary>Compares the caller's static fields with the worker's: a difference would be a wrong result, so it is an error instead.</summary>
internal static class StaticFields
{
    private static readonly FunctionOptions WithoutStatics = FunctionOptions.Default with { ComparesStatics = false };

    /// <summary>Whether a static field that code reads is compared: the user's, and one that may be assigned.</summary>
    public static bool IsCompared(FieldInfo field) =>
        field is { IsStatic: true, IsInitOnly: false, IsLiteral: false }
        && FunctionWalk.IsOfUser(field.Module.Assembly)
        && !CompilerCode.IsCache(field)
        && !(CompilerCode.IsCarrier(field.DeclaringType!) && field.Name.StartsWith('<'))
        && !field.IsDefined(typeof(ThreadStaticAttribute), inherit: false)
        && !(field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition().FullName == "Shoal.WorkerLocal`1")
        && !field.FieldType.IsPointer && !field.FieldType.IsFunctionPointer && !field.FieldType.IsByRefLike;

    /// <summary>Writes, for each field whose value can travel, its name and the hash of its bytes.</summary>
    public static void Write(WireWriter writer, FunctionFacts facts)
    {
        if (writer.Options.ComparesStatics)
        {
            foreach (var field in facts.Compared.Where(f => !writer.Options.Exempt.Contains(f)))
            {
                if (Hash(field) is not { } hash)
                    continue;
                writer.Byte(1);
                writer.Types.Write(field.DeclaringType!);
                writer.Value(field.Name);
                writer.Bytes(hash);
            }
        }

        writer.Byte(0);
    }

    /// <summary>Reads what <see cref="Write"/> wrote and compares it with this process.</summary>
    /// <exception cref="ShoalException">A field has another value here.</exception>
    public static void Check(WireReader reader)
    {
        while (reader.Byte() == 1)
        {
            var (type, name) = (reader.Types.Read(), reader.Value<string>());
            var theirs = reader.Bytes(SHA256.HashSizeInBytes);
            var field = type.GetField(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) ?? throw reader.Damaged($"{type.Name} has no static field {name}");
            if (!theirs.SequenceEqual(Hash(field)))
            {
                throw new ShoalException(
                    $"The static field {TypeText.Of(type)}.{TypeText.Name(name)}, which the function reads, has another value in the worker than in the caller. "
                    + "Copy it to a local and use that in the function, set it in PoolOptions.Initializer, or keep it in a WorkerLocal.");
            }
        }
    }

    // Null where the value cannot travel, or where its order depends on hashes, which differ by process.
    private static byte[]? Hash(FieldInfo field)
    {
        var writer = WireWriter.Rent(WithoutStatics);
        try
        {
            // The caller has run it before the function is sent; the worker has not.
            RuntimeHelpers.RunClassConstructor(field.DeclaringType!.TypeHandle);
            writer.Value(field.GetValue(null));
            writer.WriteLater();
            if (writer.OrderIsRandom)
                return null;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            writer.CopyTo(new HashingWriter(hash));
            return hash.GetHashAndReset();
        }
        catch (Exception error) when (error is WireRefusal or TypeInitializationException)
        {
            return null;
        }
        finally
        {
            writer.Return();
        }
    }
}
