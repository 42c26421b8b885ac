using Shoal.Calls;
using Shoal.Serial;

namespace Shoal;

/// <content>A pool that nobody disposed.</content>
public sealed partial class Pool
{
    // An idle worker leaves at once; one that does not is ended by force.
    private static readonly TimeSpan LimitOfDropped = TimeSpan.FromSeconds(30);

    /// <summary>Says on the standard error that the pool was not disposed, and ends its workers. Calls that run hold their pool: this comes after them.</summary>
    ~Pool()
    {
        // A loop has no workers; a pool that could not open has no host.
        if (_host is null or SerialHost || Volatile.Read(ref _disposed) != 0)
            return;
        if (Volatile.Read(ref _closed) == 0)
            Warn(Spec);
        // Nobody waits on the finalizers' thread.
        ThreadPool.UnsafeQueueUserWorkItem(static host => EndDropped(host), _host, preferLocal: false);
    }

    private static void EndDropped(ICallHost host)
    {
        host.Close();
        host.Join(LimitOfDropped);
        host.Dispose();
    }

    private static void Warn(string spec)
    {
        try
        {
            Console.Error.WriteLine($"Shoal: pool '{spec}' was dropped without Dispose. Its workers end now. Open a pool with `using`, so that they end when the work does.");
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The program's console is closed: there is nobody to tell.
        }
    }
}
