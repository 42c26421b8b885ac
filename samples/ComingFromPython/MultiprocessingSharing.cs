using Shoal;

/// <summary><c>multiprocessing</c>: memory and locks that processes share.</summary>
internal static class MultiprocessingSharing
{
    public static void Run()
    {
        using var pool = Pool.Processes(2);
        int[] numbers = Work.Numbers;

        #region memory
        using var counter = new SharedCounter(0);                             // v = Value("q", 0)
        using var array = new SharedArray<double>(6);                         // a = Array("d", 6); SharedMemory(create=True, size=48)
        using var copied = new SharedArray<int>(numbers);                     // a = Array("i", numbers); ShareableList(numbers)
        pool.ForEach(numbers, x =>
        {
            counter.Increment();                                              // with v.get_lock(): v.value += 1
            array[x - 1] = Math.Sqrt(copied[x - 1]);                          // a[x - 1] = math.sqrt(b[x - 1])
        });
        double sum = array.ToArray().Sum();                                   // sum(a[:])
        #endregion
        Console.WriteLine($"{counter.Value} {sum:F3}");

        #region locks
        using var mutex = new SharedLock();                                   // lock = Lock()
        using var permits = new SharedSemaphore(2);                           // sem = Semaphore(2); BoundedSemaphore(2)
        using var ready = new SharedEvent();                                  // event = Event()
        using var barrier = new SharedBarrier(2);                             // barrier = Barrier(2)
        int[] met = pool.Map([1, 2], x =>
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(60));                  // barrier.wait(60)
            using (mutex.EnterScope())                                        // with lock:
                array[0] += x;
            if (permits.TryWait(TimeSpan.FromSeconds(60)))                    // if sem.acquire(timeout=60):
                permits.Release();                                            //     sem.release()
            ready.Set();                                                      // event.set()
            return x;
        }, new() { Batch = 1 });
        bool set = ready.Wait(TimeSpan.FromSeconds(60));                      // event.wait(60)
        barrier.Abort();                                                      // barrier.abort()
        barrier.Reset();                                                      // barrier.reset()
        #endregion
        Console.WriteLine($"{met.Sum()} {set} {array[0]} {permits.FreePermits}");
    }
}
