using System.Runtime.CompilerServices;
using Shoal.Processes;
using Shoal.Sharing;

namespace Shoal.Tests.Sharing;

/// <summary>The memory itself: seen by several mappings and processes, sealed, opened by its handle alone, gone without a trace.</summary>
public unsafe class SegmentTests
{
    private const int Kind = 77;

    [Fact]
    public void A_new_segment_is_full_of_zeros_and_aligned()
    {
        using var segment = Segment.Create(10_000, Kind, "test");

        segment.Bytes.ShouldBe(10_000);
        new Span<byte>(segment.Data, 10_000).ContainsAnyExcept((byte)0).ShouldBeFalse();
        ((nint)segment.Data % 4096).ShouldBe(0);
    }

    [Fact]
    public void Two_mappings_see_the_same_bytes()
    {
        using var segment = Segment.Create(100, Kind, "test");
        using var other = Segment.Open(segment.Handle, Kind, "test");

        segment.Data[99] = 7;
        other.Data[0] = 8;

        other.Data[99].ShouldBe((byte)7);
        segment.Data[0].ShouldBe((byte)8);
        segment.Header.Opened.ShouldBe(1);
    }

    [Fact]
    public void Who_opened_a_segment_may_pass_it_on_when_its_maker_is_gone()
    {
        var segment = Segment.Create(100, Kind, "test");
        using var second = Segment.Open(segment.Handle, Kind, "test");
        segment.Data[5] = 55;
        segment.Dispose();

        using var third = Segment.Open(second.Handle, Kind, "test");

        third.Data[5].ShouldBe((byte)55);
    }

    [Fact]
    public void Its_size_is_sealed()
    {
        using var segment = Segment.Create(100_000, Kind, "test");
        var descriptor = segment.Handle.Descriptor;

        SharedMemory.SetSize(descriptor, 10).ShouldBeFalse();
        SharedMemory.SetSize(descriptor, 10_000_000).ShouldBeFalse();
        SharedMemory.SizeOf(descriptor).ShouldBe(100_000 + SegmentHeader.Size);
    }

    [Fact]
    public void After_disposing_nothing_is_mapped_and_a_straggler_reads_zeros()
    {
        var segment = Segment.Create(50_000, Kind, "test");
        var data = segment.Data;
        data[49_999] = 1;
        Mapping(data).ShouldContain("memfd:shoal");

        segment.Dispose();
        segment.Dispose();

        Mapping(data).ShouldNotContain("shoal");
        data[49_999].ShouldBe((byte)0);
        data[0] = 3;
        GC.KeepAlive(segment);
    }

    [Fact]
    public void A_segment_that_nobody_keeps_is_unmapped_when_it_is_collected()
    {
        var address = MakeAndForget();

        SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !File.ReadAllText("/proc/self/maps").Contains(address);
            },
            TimeSpan.FromSeconds(30)).ShouldBeTrue();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string MakeAndForget() => $"{(nint)Segment.Create(50_000, Kind, "test").Data - SegmentHeader.Size:x}-";
    }

    [Fact]
    public void A_closed_segment_cannot_be_opened()
    {
        var segment = Segment.Create(100, Kind, "SharedArray<byte>[100]");
        var handle = segment.Handle with { Descriptor = 4_000 };
        segment.Dispose();

        var error = Should.Throw<ShoalException>(() => Segment.Open(handle, Kind, "SharedArray<byte>[100]"));

        error.Message.ShouldContain("SharedArray<byte>[100] cannot be opened");
        error.Message.ShouldContain("its process has closed it");
        error.Message.ShouldContain("until the call is over");
    }

    [Fact]
    public void A_segment_of_a_dead_process_cannot_be_opened()
    {
        var handle = new SegmentHandle(int.MaxValue, 12, 100, Guid.NewGuid());

        Should.Throw<ShoalException>(() => Segment.Open(handle, Kind, "test")).Message.ShouldContain("its process 2147483647 is gone");
    }

    [Fact]
    public void A_forged_handle_is_refused()
    {
        using var segment = Segment.Create(100, Kind, "test");
        using var other = Segment.Create(100, Kind, "test");
        using var file = File.Open("/dev/null", FileMode.Open);
        var handle = segment.Handle;

        Problem(handle with { Bytes = 101 }).ShouldContain("its size is another one");
        Problem(handle with { Tag = Guid.NewGuid() }).ShouldContain("another segment lies there now");
        Problem(handle with { Descriptor = other.Handle.Descriptor }).ShouldContain("another segment lies there now");
        Problem(handle with { Descriptor = (int)file.SafeFileHandle.DangerousGetHandle() }).ShouldContain("its process has closed it");
        Problem(handle with { Bytes = -5 }).ShouldContain("damaged");
        Problem(handle with { Bytes = long.MaxValue }).ShouldContain("damaged");
        Problem(handle with { ProcessId = -1 }).ShouldContain("damaged");
        Should.Throw<ShoalException>(() => Segment.Open(handle, Kind + 1, "test")).Message.ShouldContain("it holds something else");

        static string Problem(SegmentHandle forged) => Should.Throw<ShoalException>(() => Segment.Open(forged, Kind, "test")).Message;
    }

    [Fact]
    public void A_memory_file_without_seals_is_refused()
    {
        var descriptor = SharedMemory.CreateMemoryFile("shoal");
        SharedMemory.SetSize(descriptor, 100 + SegmentHeader.Size).ShouldBeTrue();
        try
        {
            var handle = new SegmentHandle(Environment.ProcessId, descriptor, 100, Guid.NewGuid());

            Should.Throw<ShoalException>(() => Segment.Open(handle, Kind, "test")).Message.ShouldContain("not sealed");
        }
        finally
        {
            _ = Posix.Close(descriptor);
        }
    }

    [Fact]
    public void Sizes_that_no_machine_has_are_refused_with_the_size()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Segment.Create(-1, Kind, "test"));
        Should.Throw<ShoalException>(() => Segment.Create(long.MaxValue, Kind, "test")).Message.ShouldContain("9223372036854775807 bytes");
        Should.Throw<ShoalException>(() => Segment.Create(Segment.MaxBytes + 1, Kind, "test")).Message.ShouldContain("Make it smaller");
    }

    [Fact]
    public void Where_memory_files_are_refused_a_file_without_a_name_does_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("shoal-segment-");
        try
        {
            const long size = 100 + SegmentHeader.Size;
            var descriptor = SegmentFile.CreateIn(["/no/such/folder", folder.FullName], size, "test", "none");
            var handle = new SegmentHandle(Environment.ProcessId, descriptor, 100, Guid.NewGuid());

            folder.GetFileSystemInfos().ShouldBeEmpty();
            var opened = SegmentFile.Open(handle, size, out var problem);

            opened.ShouldBeGreaterThanOrEqualTo(0, problem);
            _ = Posix.Close(opened);
            _ = Posix.Close(descriptor);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Where_no_folder_takes_a_file_all_reasons_are_told()
    {
        var error = Should.Throw<ShoalException>(() => SegmentFile.CreateIn(["/no/such/folder", "/proc"], 5000, "test", "memory file: refused"));

        error.Message.ShouldContain("memory file: refused");
        error.Message.ShouldContain("/no/such/folder: No such file or directory");
        error.Message.ShouldContain("; /proc: ");
    }

    [Fact(Timeout = 60_000)]
    public Task Another_process_opens_it_by_its_handle() => Task.Run(() =>
    {
        using var pool = Pool.Processes(1);
        using var segment = Segment.Create(8, Kind, "test");
        *(long*)segment.Data = 41;

        var seen = pool.Apply(Increment, segment.Handle);

        seen.ShouldBe(41);
        (*(long*)segment.Data).ShouldBe(42);
        new DirectoryInfo("/dev/shm").GetFiles("shoal-*").ShouldBeEmpty();
    });

    private static long Increment(SegmentHandle handle)
    {
        using var segment = Segment.Open(handle, Kind, "test");
        return (*(long*)segment.Data)++;
    }

    private static string Mapping(byte* address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var range = line.Split(' ')[0].Split('-');
            if (Convert.ToInt64(range[0], 16) <= (nint)address && (nint)address < Convert.ToInt64(range[1], 16))
                return line;
        }

        return "";
    }
}
