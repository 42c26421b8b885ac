namespace Shoal.Tests.Soak;

/// <summary>What is special about a call of the soak.</summary>
internal enum Twist
{
    /// <summary>Nothing: whatever dies, all results come.</summary>
    None,

    /// <summary>Items from one place on throw.</summary>
    Throws,

    /// <summary>One item listens to its token until its time is up.</summary>
    Listens,

    /// <summary>One item hears nothing and has to be ended by force.</summary>
    Deaf,

    /// <summary>The call is cancelled while it runs.</summary>
    Cancelled,

    /// <summary>No item runs again: a death may be the outcome.</summary>
    NoRetries,
}

/// <summary>One call: its twist, its place, how much each item works and returns. It travels with the function.</summary>
internal sealed record Plan(Twist Twist, int Count, int At, int Spins, int Size, int Salt)
{
    public bool HasTimeout => Twist is Twist.Listens or Twist.Deaf;

    /// <summary>What an item must give.</summary>
    public long Expected(int item) => (long)item * Salt + item;
}

/// <summary>What an item returned, and where.</summary>
internal readonly record struct Outcome(long Value, int Process, byte[] Bytes);

/// <summary>The functions that run in workers.</summary>
internal static class SoakWork
{
    private const int Long = 600_000;

    public static Outcome Item(Plan plan, int item, ItemContext context)
    {
        var value = Value(plan, item, context);
        var bytes = new byte[plan.Size];
        bytes.AsSpan().Fill((byte)value);
        return new Outcome(value, Environment.ProcessId, bytes);
    }

    public static long Number(Plan plan, int item)
    {
        Thread.SpinWait(plan.Spins / 20);
        return plan.Expected(item);
    }

    public static long Value(Plan plan, int item, ItemContext context)
    {
        Thread.SpinWait(plan.Spins);
        switch (plan.Twist)
        {
            case Twist.Throws when item >= plan.At:
                throw new FormatException($"{item}");
            case Twist.Deaf when item == plan.At:
                Thread.Sleep(Long);
                break;
            case Twist.Listens when item == plan.At:
                context.Cancel.WaitHandle.WaitOne(Long);
                context.Cancel.ThrowIfCancellationRequested();
                break;
            case Twist.Cancelled:
                context.Cancel.WaitHandle.WaitOne(2);
                break;
        }

        return plan.Expected(item);
    }
}
