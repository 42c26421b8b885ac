using System.Runtime.ExceptionServices;

namespace Shoal;

/// <summary>Stands for an exception of a worker that could not be rebuilt here: its type, its message and its stack as text.</summary>
/// <remarks>Every exception that can be rebuilt arrives as its own type instead, so that <c>catch (FormatException)</c> works.</remarks>
public sealed class RemoteException : ShoalException
{
    internal RemoteException(string typeName, string message, string remoteStackTrace)
        : base(message)
    {
        TypeName = typeName;
        RemoteStackTrace = remoteStackTrace;
        // So that the rethrow here adds to the worker's stack, as it does for exceptions that are rebuilt.
        if (!string.IsNullOrEmpty(remoteStackTrace))
            ExceptionDispatchInfo.SetRemoteStackTrace(this, remoteStackTrace);
    }

    /// <summary>The full name of the type that was thrown in the worker.</summary>
    public string TypeName { get; }

    /// <summary>Where it was thrown, as the worker printed it; empty where the worker did not know.</summary>
    public string RemoteStackTrace { get; }

    /// <summary>The type and message of the original, then the stack of the worker and of the rethrow here.</summary>
    public override string ToString() =>
        $"{typeof(RemoteException).FullName} ({TypeName}): {Message}{Environment.NewLine}{(StackTrace is { Length: > 0 } stack ? stack : RemoteStackTrace)}";
}
