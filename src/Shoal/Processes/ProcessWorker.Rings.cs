namespace Shoal.Processes;

/// <content>Reading a worker's ring: by whoever drives, else by the attendant, which sleeps until the worker's bell rings or its process ends.</content>
internal sealed partial class ProcessWorker
{
    // How long results may lie in the ring while nobody drives, in milliseconds: an item that throws, progress and a lazy input wait that long.
    private const int BusyWait = 10;

    // Nothing is expected of an idle worker but its end, which is heard at once.
    private const int IdleWait = 1_000;

    // An attendant that drives does not hear the end of its own worker.
    private const int LongestDrive = 20;

    private const int FramesAtOnce = 256;

    private readonly Lock _reading = new();
    private RingSegment? _segment;
    private RingLink? _rings;
    private Exception? _fault;
    private int _alarm = -1;
    private bool _served;
    private bool _sleepsLong;
    private bool _reads;

    private bool IsDone => (Volatile.Read(ref _stopAsked) && _progress.Idle) || _fault is not null;

    /// <summary>Takes what has come, for a thread that drives.</summary>
    /// <returns>Whether something had.</returns>
    public bool TryRead()
    {
        if (!_reading.TryEnter())
            return false;
        try
        {
            // A report may run the user's code, and that may wait in a verb of this pool again, on this very thread.
            if (!_served || _reads)
                return false;
            _rings!.Disarm();
            return Read();
        }
        finally
        {
            _reading.Exit();
        }
    }

    /// <summary>Takes back what the worker has not begun of a batch; the worker needs no time for it, since the words beside its ring decide.</summary>
    public void TakeBack(long batch, bool half)
    {
        long? from = null;
        lock (_lock)
        {
            if (_gone)
                return;
            if (_rings is not null && _segment!.Running is { GivesBack: true } running && _progress.Find(batch) is { } sent)
                from = running.GiveBack(sent.Sequence, sent.Batch.Start, sent.Batch.Count, half);
        }
        _sink.TakenBack(Number, batch, from);
    }

    /// <summary>Nobody drives any more: the worker's bell wakes its attendant from now on.</summary>
    public void HandOver()
    {
        lock (_reading)
        {
            if (!_served || _reads)
                return;
            while (!_rings!.Arm() && Read())
            {
            }
            WakeForBatch();
        }
    }

    // The worker has a batch that nobody drives: its attendant is to look every few milliseconds from now on. Under one of the locks.
    private void WakeForBatch()
    {
        Interlocked.MemoryBarrier();
        if (_progress.Idle || !Volatile.Read(ref _sleepsLong) || _backend.Driver.IsDriven)
            return;
        Volatile.Write(ref _sleepsLong, false);
        Posix.RaiseEvent(_alarm);
    }

    // For an attendant that is about to sleep. Whoever hands the worker a batch now sees the mark, or the batch is seen here.
    private int TimeToSleep()
    {
        Volatile.Write(ref _sleepsLong, true);
        Interlocked.MemoryBarrier();
        if (_progress.Idle && _alarm >= 0)
            return IdleWait;
        Volatile.Write(ref _sleepsLong, false);
        return BusyWait;
    }

    private void ListenToRings()
    {
        _alarm = Posix.EventFile();
        lock (_reading)
            _served = true;
        _backend.Driver.Add(this);
        Wakening why = Wakening.Bell;
        while (why != Wakening.End)
        {
            if (why == Wakening.Bell)
            {
                // What comes next may come soon, and no caller may be there to fetch it.
                var until = Environment.TickCount64 + LongestDrive;
                _ = _backend.Driver.Drive(() => Environment.TickCount64 > until || IsDone);
            }
            lock (_reading)
            {
                _ = Read();
                if (IsDone)
                    return;
                TakeOpen(isLast: false);
                if (!_backend.Driver.IsDriven && !_rings!.Arm())
                    continue;
            }
            why = _rings!.Wait(TimeToSleep(), _alarm);
            Volatile.Write(ref _sleepsLong, false);
        }
    }

    // The process is gone: what it published before is all there is.
    private void ReadLast()
    {
        _backend.Driver.Remove(this);
        lock (_reading)
        {
            if (!_served)
                return;
            while (Read())
            {
            }
            TakeOpen(isLast: true);
            _served = false;
        }
    }

    // Under the lock of reading. Whether anything came.
    private bool Read()
    {
        if (_fault is not null)
            return false;
        _reads = true;
        try
        {
            var pushed = _rings!.Push();
            var frames = 0;
            while (frames < FramesAtOnce && _rings.TryReceive(out Frame frame))
            {
                frames++;
                Ledger.Received(frame);
                if (_progress.Take(frame, moreIsHere: _rings.HasMore) is long sequence)
                {
                    lock (_lock)
                        SendCancel(sequence);
                }
            }
            // What came may be followed by a part of a long frame, whose rest takes its time.
            if (frames > 0)
                _progress.Flush();
            return frames > 0 || pushed;
        }
        catch (LaneCutException)
        {
            // The result is lost with its worker, whose end the attendant hears.
            return false;
        }
        catch (Exception error)
        {
            // Such a worker is of no use any more. Its attendant hears the end, and reports this.
            _fault = error;
            _child!.Kill();
            return false;
        }
        finally
        {
            _reads = false;
        }
    }

    // Under the lock of reading: what the worker has finished and not sent, and what it runs.
    private void TakeOpen(bool isLast)
    {
        if (_progress.Idle)
            return;
        _reads = true;
        try
        {
            _progress.TakeOpen(_segment!.Open, isLast);
            if (_segment.Running.Read(_progress.CurrentSequence) is long index)
                _progress.Runs(index);
        }
        finally
        {
            _reads = false;
        }
    }
}
