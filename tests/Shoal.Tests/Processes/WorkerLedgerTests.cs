using System.Buffers.Binary;
using System.Diagnostics;
using Shoal.Processes;

namespace Shoal.Tests.Processes;

public class WorkerLedgerTests
{
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_worker_cannot_have_run_longer_than_it_lived_nor_less_than_nothing(long said)
    {
        var start = Stopwatch.GetTimestamp();
        WorkerLedger ledger = new();
        var body = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(body, said);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(8), said);

        ledger.Take(new Frame(FrameKind.Times, body));

        ledger.Work.Running.ShouldBeInRange(0, Stopwatch.GetTimestamp() - start);
        ledger.Work.Serializing.ShouldBeInRange(0, Stopwatch.GetTimestamp() - start);
    }

    [Fact]
    public void A_batch_is_taken_to_run_until_its_worker_says_more()
    {
        WorkerLedger ledger = new();
        ledger.Sent(Stopwatch.GetTimestamp(), 10);

        var first = ledger.Work.Running;
        SpinWait.SpinUntil(() => ledger.Work.Running > first, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        ledger.Take(new Frame(FrameKind.Times, new byte[16]));

        ledger.Work.Running.ShouldBe(0);
        ledger.Work.BytesSent.ShouldBe(10);
    }

    [Fact]
    public void A_batch_that_fails_has_run_until_then()
    {
        WorkerLedger ledger = new();
        ledger.Sent(Stopwatch.GetTimestamp(), 10);
        SpinWait.SpinUntil(() => ledger.Work.Running > 0, TimeSpan.FromSeconds(10)).ShouldBeTrue();

        ledger.Received(new Frame(FrameKind.Error, new byte[20]));

        var ran = ledger.Work.Running;
        ran.ShouldBeGreaterThan(0);
        ledger.Work.Running.ShouldBe(ran);
        ledger.Work.BytesReceived.ShouldBe(28);
    }

    [Fact]
    public void Of_small_results_one_in_sixteen_is_measured_and_large_ones_all()
    {
        WorkerLedger ledger = new();

        var measured = 0;
        for (var i = 0; i < 160; i++)
        {
            var since = ledger.Reads(100);
            measured += since > 0 ? 1 : 0;
            ledger.HasRead(100, since);
        }

        measured.ShouldBe(10);
        ledger.Reads(1_000_000).ShouldBeGreaterThan(0);
        ledger.Work.PoolSerializing.ShouldBeGreaterThan(0);
    }
}
