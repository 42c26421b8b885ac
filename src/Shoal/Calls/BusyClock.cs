namespace Shoal.Calls;

/// <summary>How long at least one of several things was open. Not thread-safe; the unit of time is whoever asks's.</summary>
internal sealed class BusyClock
{
    private int _open;
    private long _since;
    private long _total;

    public void Enter(long now)
    {
        if (_open++ == 0)
            _since = now;
    }

    public void Leave(long now)
    {
        if (--_open == 0)
            _total += now - _since;
    }

    public long Total(long now) => _open > 0 ? _total + now - _since : _total;
}
