using System.Runtime.ExceptionServices;

namespace Shoal.Learning;

/// <summary>Prepares the next batch on a thread of its own while the present one is computed.</summary>
internal sealed class BatchPreparer : IDisposable
{
    private const int Slots = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IBatchSource _source;
    private readonly long _first;
    private readonly long _end;
    private readonly Slot[] _slots;
    private readonly SemaphoreSlim _free = new(Slots);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Thread _thread;
    private volatile bool _stop;

    public BatchPreparer(IBatchSource source, long first, long end)
    {
        (_source, _first, _end) = (source, first, end);
        _slots = [new(source), new(source)];
        _thread = new Thread(Prepare) { IsBackground = true, Name = "Shoal batches" };
        _thread.Start();
    }

    /// <summary>The batch of this step; steps are taken in order, and each is handed back before the next but one.</summary>
    public Slot Take(long step, CancellationToken cancel)
    {
        if (!_ready.Wait(0, CancellationToken.None))
            _ready.Wait(cancel);
        var slot = _slots[step % Slots];
        slot.Error?.Throw();
        return slot;
    }

    public void Return() => _free.Release();

    public void Dispose()
    {
        _stop = true;
        _free.Release();
        // A source that hangs must not hang us; its thread is in the background and ends with the process.
        if (!_thread.Join(Patience))
            return;
        _free.Dispose();
        _ready.Dispose();
    }

    private void Prepare()
    {
        for (var step = _first; step < _end; step++)
        {
            _free.Wait();
            if (_stop)
                return;
            var slot = _slots[step % Slots];
            try
            {
                slot.Rows = _source.Fill(step, slot.Batch);
                if (slot.Rows < 1 || slot.Rows > _source.BatchSize)
                {
                    throw new InvalidOperationException(
                        $"{_source.GetType().Name}.Fill gave {slot.Rows} rows for batch {step}, expected 1 to {_source.BatchSize}.");
                }

                slot.IsFinite = true;
                for (var i = 0; i < _source.InputShapes.Count && slot.IsFinite; i++)
                    slot.IsFinite = Finite.FirstOther(slot.Batch.Inputs[i].AsSpan(0, slot.Rows * _source.InputShapes[i].Size)) is null;
            }
            catch (Exception e)
            {
                slot.Error = ExceptionDispatchInfo.Capture(e);
            }

            _ready.Release();
            if (slot.Error is not null)
                return;
        }
    }

    internal sealed class Slot(IBatchSource source)
    {
        public Batch Batch { get; } = new(source);

        public int Rows { get; set; }

        /// <summary>Whether all its inputs are finite numbers.</summary>
        public bool IsFinite { get; set; }

        public ExceptionDispatchInfo? Error { get; set; }

        public void Deconstruct(out Batch batch, out int rows) => (batch, rows) = (Batch, Rows);
    }
}
