using Shoal.Numerics.Kernels;
using Shoal.Numerics.Kernels.Meaning;

namespace Shoal.Numerics.Tests;

public abstract partial class KernelsContract
{
    public static TheoryData<EmbeddingShape> Tables => [
        new(1, 1, 1, 1), new(3, 5, 7, 3), new(16, 4, 9, 32), new(17, 3, 40, 33), new(33, 7, 300, 20), new(300, 2, 5, 8), new(200, 9, 61, 70), new(1100, 1, 3, 17),
    ];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Embedding_has_the_bits_of_its_meaning(EmbeddingShape s)
    {
        var places = s.Rows * s.Positions;
        var (ids, table, dy) = (Ids(places, s.Vocabulary), Numbers(s.Vocabulary * s.Size, 2), Numbers(places * s.Size, 3));
        var (y, dTable) = (new float[places * s.Size], new float[table.Length]);
        ScalarMeaning.EmbeddingForward(s, ids, table, y);
        ScalarMeaning.EmbeddingGradient(s, ids, dy, dTable);
        using Storage sIds = Put(ids), sTable = Put(table), sDy = Put(dy), sy = _kernels.Allocate(y.Length), sdTable = Put(Numbers(table.Length, 4));

        var bad = _kernels.EmbeddingForward(s, sIds, sTable, sy);
        _kernels.EmbeddingGradient(s, sIds, sDy, sdTable);

        bad.ShouldBe(-1);
        ShouldBeSameBits(Take(sy), y, "y");
        ShouldBeSameBits(Take(sdTable), dTable, "dTable");
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(7f)]
    [InlineData(2.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e20f)]
    public void A_value_that_is_no_id_is_told_and_nothing_is_written(float value)
    {
        var shape = new EmbeddingShape(2, 3, 7, 2);
        float[] ids = [0, 6, -0f, 3, value, value];
        using Storage sIds = Put(ids), table = Put(Numbers(14, 1)), y = Put(Numbers(12, 2)), dTable = Put(Numbers(14, 3));

        _kernels.EmbeddingForward(shape, sIds, table, y).ShouldBe(4);
        var error = Should.Throw<ArgumentException>(() => _kernels.EmbeddingGradient(shape, sIds, y, dTable));

        ScalarMeaning.FirstBadId(7, ids).ShouldBe(4);
        Take(y).ShouldBe(Numbers(12, 2));
        Take(dTable).ShouldBe(Numbers(14, 3));
        error.Message.ShouldStartWith(FormattableString.Invariant($"EmbeddingGradient: ids[4] is {value:R}, expected a whole number from 0 to 6."));
    }

    [Fact]
    public void A_token_mask_is_one_where_an_id_is_not_zero()
    {
        using Storage ids = Put([0, 3, -0f, 1, 70000]);

        _kernels.TokenMask(5, ids, ids);

        Take(ids).ShouldBe([0, 1, 0, 1, 1]);
    }

    /// <summary>Every second id is 0, as padding is, or another frequent one; the others are spread.</summary>
    private static float[] Ids(int count, int vocabulary)
    {
        var random = new Random(8);
        return [.. Enumerable.Range(0, count).Select(i => (float)(i % 2 == 0 ? i / 64 % 2 * (vocabulary - 1) : random.Next(vocabulary)))];
    }
}
