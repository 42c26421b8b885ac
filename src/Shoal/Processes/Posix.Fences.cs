using System.Runtime.InteropServices;

namespace Shoal.Processes;

/// <content>Fences in other processes: who has to be fast goes without, who has time makes them for both.</content>
internal static unsafe partial class Posix
{
    private const nint Query = 0, GlobalExpedited = 2, RegisterGlobalExpedited = 4;

    private static nint Membarrier => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 324 : 283;

    /// <summary>Whether this system has <see cref="FenceEverywhere"/>: Linux 4.16 or later.</summary>
    public static bool HasFences { get; } =
        Sharing.SharedMemory.IsSupported && (SysCall(Membarrier, Query, 0) & (GlobalExpedited | RegisterGlobalExpedited)) == (GlobalExpedited | RegisterGlobalExpedited);

    /// <summary>Lets other processes make fences in this one.</summary>
    public static bool AcceptFences() => HasFences && SysCall(Membarrier, RegisterGlobalExpedited, 0) == 0;

    /// <summary>A full fence in every running thread of every process that accepts them, and here.</summary>
    public static bool FenceEverywhere() => SysCall(Membarrier, GlobalExpedited, 0) == 0;
}
