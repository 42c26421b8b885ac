namespace Shoal.Processes;

/// <summary>
/// Which calls' functions a worker holds. It keeps the last four: what a finished call captured must not stay in the worker for ever, and calls that
/// run at the same time must not be sent again and again.
/// </summary>
internal sealed class Definitions
{
    private const int Kept = 4;
    private readonly int[] _calls = [-1, -1, -1, -1]; // the most recent first

    /// <summary>Whether the worker holds the function; if not, which call it has to forget for it, or −1.</summary>
    public bool Has(int call, out int forget)
    {
        var has = PlaceOf(call) >= 0;
        forget = has ? -1 : _calls[Kept - 1];
        return has;
    }

    /// <summary>Notes that the worker was sent, or used, a function.</summary>
    public void Use(int call)
    {
        var place = PlaceOf(call);
        Array.Copy(_calls, 0, _calls, 1, place < 0 ? Kept - 1 : place);
        _calls[0] = call;
    }

    private int PlaceOf(int call)
    {
        var place = Kept - 1;
        while (place >= 0 && _calls[place] != call)
            place--;
        return place;
    }
}
