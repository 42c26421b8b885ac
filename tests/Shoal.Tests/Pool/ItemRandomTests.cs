namespace Shoal.Tests.Pools;

/// <summary>The sequence is part of the contract: results that people published depend on it.</summary>
public class ItemRandomTests
{
    private static Random Of(long seed, long index) => new ItemContext(index, 0, 0, seed, default).Random;

    [Fact]
    public void The_words_are_those_of_Philox_with_seed_and_index()
    {
        var random = Of(7, 3);
        var bytes = new byte[32];

        random.NextBytes(bytes);

        for (ulong draw = 0; draw < 2; draw++)
        {
            var (x0, x1, x2, x3) = Philox.Draw(7, 3, draw);
            foreach (var (place, word) in new[] { x0, x1, x2, x3 }.Index())
                BitConverter.ToUInt32(bytes, (int)draw * 16 + place * 4).ShouldBe(word);
        }
    }

    [Fact]
    public void The_sequence_is_pinned()
    {
        var random = Of(0, 0);

        var drawn = string.Join(' ',
            random.Next(), random.Next(100), random.Next(-5, 5), random.NextInt64(), random.NextInt64(1_000_000_000_000), random.NextInt64(-9, 9),
            BitConverter.SingleToUInt32Bits(random.NextSingle()), BitConverter.DoubleToUInt64Bits(random.NextDouble()));

        // The first number is the first word of the published known answer for key 0 and counter 0, 6627e8d5, without its last bit.
        drawn.ShouldBe("856945770 88 2 5584584399428684528 939658085363 0 1060536935 4594534343073570348");
    }

    [Fact]
    public void Numbers_stay_in_their_range_and_reach_all_of_it()
    {
        var random = Of(1, 1);
        var seen = new int[6];

        for (var i = 0; i < 6000; i++)
        {
            seen[random.Next(2, 8) - 2]++;
            random.NextDouble().ShouldBeInRange(0, 1 - 1e-16);
            random.NextSingle().ShouldBeInRange(0, 0.99999994f);
            random.NextInt64(-3, 3).ShouldBeInRange(-3, 2);
        }

        seen.ShouldAllBe(count => count > 850 && count < 1150);
        random.Next(0).ShouldBe(0);
        random.Next(5, 5).ShouldBe(5);
        random.NextInt64(long.MinValue, long.MaxValue);
        random.Next(int.MinValue, int.MaxValue);
    }

    [Fact]
    public void Wrong_ranges_are_refused()
    {
        var random = Of(1, 1);

        Should.Throw<ArgumentOutOfRangeException>(() => random.Next(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => random.Next(2, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => random.NextInt64(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => random.NextInt64(2, 1));
    }

    [Fact]
    public void Every_virtual_method_is_our_own()
    {
        var own = Of(0, 0).GetType();

        foreach (var method in typeof(Random).GetMethods(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
        {
            if (method is { IsVirtual: true, IsFinal: false } && method.DeclaringType == typeof(Random))
                own.GetMethod(method.Name, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic,
                    method.GetParameters().Select(parameter => parameter.ParameterType).ToArray())!.DeclaringType.ShouldBe(own, method.ToString());
        }
    }
}
