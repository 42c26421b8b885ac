using System.Globalization;

namespace Shoal.Processes;

/// <content>A worker that uses more memory than it may: replaced where it has nothing to do, else ended as if it had died.</content>
internal sealed partial class ProcessWorker
{
    // A worker looks itself when it has finished a batch, so that short batches are not blamed for what was there before. One that is far above has no time for that.
    private const int FarAbove = 2;
    private const int Megabyte = 1024 * 1024;

    private long _seenAbove;
    private string? _cause;

    /// <summary>Looks at the memory of the process.</summary>
    public void CheckMemory()
    {
        var limit = _backend.Options.MemoryLimit!.Value;
        if (!Volatile.Read(ref _ready) || ProcessMemory.Above(_child!.Id, limit) is not { } used)
            return;
        bool spent;
        lock (_lock)
        {
            if (_gone || _stopAsked || _killAsked || _cause is not null)
                return;
            // Before its first batch a fresh worker cannot be better.
            spent = _progress.Idle && _progress.NextSequence > 1;
            if (!_progress.Idle)
            {
                var batch = _progress.NextSequence;
                if (used / FarAbove > limit || _seenAbove == batch)
                {
                    _cause = string.Create(CultureInfo.InvariantCulture, $"It used {used / Megabyte} MB, more than MemoryLimit {limit / Megabyte} MB. Raise PoolOptions.MemoryLimit, or let an item need less.");
                    _child.Kill();
                }
                _seenAbove = batch;
            }
        }
        if (spent)
            _sink.Spent(Number);
    }
}
