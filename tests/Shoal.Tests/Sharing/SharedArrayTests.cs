using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Shoal.Tests.Sharing;

/// <summary>The array as its owner sees it: lengths, types, spans, disposal.</summary>
public class SharedArrayTests
{
    [Fact]
    public void It_is_an_array_of_zeros_that_keeps_what_is_written()
    {
        using var array = new SharedArray<double>(100_000);

        array.Length.ShouldBe(100_000);
        array.Span.ContainsAnyExcept(0.0).ShouldBeFalse();
        array[99_999] = 1.5;
        array.Span[99_999].ShouldBe(1.5);
        array.Memory.Span[99_999].ShouldBe(1.5);
        array.ToArray()[99_999].ShouldBe(1.5);
        array.ToString().ShouldBe("SharedArray<Double>[100000]");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_length_is_refused(int length) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedArray<int>(length)).ActualValue.ShouldBe(length);

    [Fact]
    public void An_empty_array_is_allowed()
    {
        using var array = new SharedArray<int>(0);

        array.Length.ShouldBe(0);
        array.ToArray().ShouldBeEmpty();
        array.Memory.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void More_than_any_machine_has_is_refused_with_its_size()
    {
        var error = Should.Throw<ShoalException>(() => new SharedArray<Huge>(int.MaxValue));

        error.Message.ShouldContain("[2147483647] cannot be made: 140720308420616 bytes");
    }

    [Fact]
    public void Elements_with_addresses_are_refused()
    {
        Should.Throw<ArgumentException>(() => new SharedArray<nint>(1)).Message.ShouldContain("mean nothing in another process");
        Should.Throw<ArgumentException>(() => new SharedArray<GCHandle>(1)).Message.ShouldContain("mean nothing in another process");
    }

    [Fact]
    public void There_is_no_element_outside()
    {
        using var array = new SharedArray<int>(3);

        Should.Throw<IndexOutOfRangeException>(() => array[3]);
        Should.Throw<IndexOutOfRangeException>(() => array[-1]);
    }

    [Fact]
    public void A_disposed_array_says_so()
    {
        var array = new SharedArray<int>(3);
        var memory = array.Memory;
        array.Dispose();
        array.Dispose();

        Should.Throw<ObjectDisposedException>(() => array[0]).Message.ShouldContain("SharedArray<Int32>[3] is disposed");
        Should.Throw<ObjectDisposedException>(() => array.ToArray());
        Should.Throw<ObjectDisposedException>(() => memory.Span.Length);
        Should.Throw<ObjectDisposedException>(() => memory.Pin());
    }

    [Fact]
    public unsafe void While_its_memory_is_pinned_disposing_keeps_the_elements()
    {
        var array = new SharedArray<int>(3);
        array[1] = 11;
        var pin = array.Memory[1..].Pin();
        var element = (int*)pin.Pointer;

        array.Dispose();
        element[0].ShouldBe(11);
        pin.Dispose();

        element[0].ShouldBe(0); // the memory is given back, and its address stays valid
        GC.KeepAlive(array);
    }

    [Fact]
    public void A_disposed_array_is_refused_by_a_pool_with_its_path()
    {
        using var pool = Pool.Open("serial:strict");
        var array = new SharedArray<int>(3);
        array.Dispose();

        Should.Throw<ArgumentException>(() => pool.Map([1], x => x + array[0])).Message.ShouldContain("function.array: SharedArray<Int32>[3] is disposed and cannot travel");
    }

    [Fact]
    [Trait("Behaviour", "41")]
    public void Many_arrays_that_nobody_disposes_do_not_gather()
    {
        var before = Mappings();
        for (var i = 0; i < 300; i++)
            MakeAndForget();

        SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Mappings() < before + 100;
            },
            TimeSpan.FromSeconds(60)).ShouldBeTrue();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void MakeAndForget() => new SharedArray<int>(1000)[5] = 1;

        static int Mappings() => File.ReadLines("/proc/self/maps").Count(line => line.Contains("memfd:shoal"));
    }

    [InlineArray(8191)]
    private struct Huge
    {
        public long First;
    }
}
