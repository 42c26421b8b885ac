using System.Globalization;

namespace Shoal.Tests.Soak;

/// <summary>What has happened in a soak. Thread-safe.</summary>
internal sealed class SoakCounts
{
    public int Calls;
    public int Items;
    public int Kills;
    public int TimeOuts;
    public int Cancellations;
    public int Failures;
    public int Losses;
    public int Callbacks;
    public int Pools;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"soak: {Calls} calls, {Kills} kills, {TimeOuts} time-outs, {Cancellations} cancellations, {Failures} exceptions, {Losses} lost workers told, {Callbacks} callbacks, {Items} items, {Pools} pools");
}
