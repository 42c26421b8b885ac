namespace Shoal.Calls;

/// <summary>Tells a loop over items to stop before the next one. Thread-safe.</summary>
internal sealed class StopFlag
{
    private volatile bool _raised;

    public bool Raised => _raised;

    public void Raise() => _raised = true;

    public void Lower() => _raised = false;
}
