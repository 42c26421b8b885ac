namespace Shoal.Calls;

/// <summary>What runs a pool's calls with workers whose number may change. Thread-safe.</summary>
internal interface IResizable
{
    /// <summary>How many workers there are to be.</summary>
    int Workers { get; }

    /// <summary>Changes that: more start, surplus ones end when they have finished their batch. Nothing once the pool is closed.</summary>
    void Resize(int workers);
}
