using Shoal;

/// <summary><c>multiprocessing.Process</c>, and what two processes say to each other.</summary>
internal static class MultiprocessingProcess
{
    public static void Run()
    {
        #region process
        using var process = ChildProcess.Start(Work.Square, 7, new()          // p = Process(target=square, args=(7,), name="squares"); p.start()
        {
            Name = "squares",
        });
        int id = process.Id;                                                  // p.pid
        string name = process.Name;                                           // p.name
        bool ended = process.Join(TimeSpan.FromSeconds(60));                  // p.join(60)
        bool alive = process.IsAlive;                                         // p.is_alive()
        int? code = process.ExitCode;                                         // p.exitcode
        int result = process.Wait();                                          // (Process has none: the result, or the exception)
        #endregion
        Console.WriteLine($"{id > 0} {name} {ended} {alive} {code} {result}");

        using var started = new SharedEvent();
        #region end
        using var first = ChildProcess.Start(() => Work.Sleep(started));      // p = Process(target=sleep, args=(started,)); p.start()
        started.Wait(TimeSpan.FromSeconds(60));
        first.Terminate();                                                    // p.terminate()
        first.Join();                                                         // p.join()
        using var second = ChildProcess.Start(() => Work.Sleep(started));
        second.Kill();                                                        // p.kill()
        second.Join(TimeSpan.FromSeconds(60));                                // connection.wait([p.sentinel], 60)
        #endregion
        Console.WriteLine($"{first.ExitCode} {second.ExitCode}");

        #region queue
        using var queue = new SharedQueue<(int, string)>(maxItems: 100);      // q = Queue(100); JoinableQueue and SimpleQueue alike
        using var feeder = ChildProcess.Start(() =>
        {
            queue.Put((1, "one"));                                            // q.put((1, "one"))
            queue.Put((2, "two"), TimeSpan.FromSeconds(60));                  // q.put((2, "two"), timeout=60)
            queue.Close();                                                    // q.close()
        });
        var (number, text) = queue.Take();                                    // number, text = q.get()
        bool more = queue.TryTake(out var next, TimeSpan.FromSeconds(60));    // try: next = q.get(timeout=60)  except Empty:
        #endregion
        feeder.Wait();
        Console.WriteLine($"{number} {text} {more} {next} {queue.IsClosed}");

        #region pipe
        using var pipe = new SharedPipe<string>();                            // a, b = Pipe()
        var there = pipe.Second;
        using var echo = ChildProcess.Start(() => there.Send(there.Receive() + "!"));      // b.send(b.recv() + "!")
        pipe.First.Send("hello");                                             // a.send("hello")
        string answer = pipe.First.Receive(TimeSpan.FromSeconds(60));         // if a.poll(60): answer = a.recv()
        pipe.First.Close();                                                   // a.close()
        #endregion
        echo.Wait();
        Console.WriteLine(answer);
    }
}
