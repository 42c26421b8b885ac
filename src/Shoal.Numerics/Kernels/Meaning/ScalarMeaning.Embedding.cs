namespace Shoal.Numerics.Kernels.Meaning;

internal static partial class ScalarMeaning
{
    /// <summary>The first index that holds no whole number from 0 to vocabulary − 1, or −1.</summary>
    internal static int FirstBadId(int vocabulary, ReadOnlySpan<float> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (!(ids[i] >= 0f && ids[i] < vocabulary) || ids[i] != (int)ids[i])
                return i;
        }

        return -1;
    }

    internal static void EmbeddingForward(EmbeddingShape s, ReadOnlySpan<float> ids, ReadOnlySpan<float> table, Span<float> y)
    {
        for (var i = 0; i < ids.Length; i++)
            table.Slice((int)ids[i] * s.Size, s.Size).CopyTo(y[(i * s.Size)..]);
    }

    /// <summary>In each shard plain additions by (row, position), then the tree; a shard without the id is +0.</summary>
    internal static void EmbeddingGradient(EmbeddingShape s, ReadOnlySpan<float> ids, ReadOnlySpan<float> dy, Span<float> dTable)
    {
        Span<float> partial = new float[Shards(s.Rows)];
        for (var at = 0; at < s.Vocabulary * s.Size; at++)
        {
            var (id, c) = (at / s.Size, at % s.Size);
            partial.Clear();
            for (var i = 0; i < ids.Length; i++)
            {
                if (ids[i] == id)
                    partial[i / s.Positions / IKernels.ShardRows] += dy[(i * s.Size) + c];
            }

            dTable[at] = Tree(partial);
        }
    }

    internal static void TokenMask(ReadOnlySpan<float> ids, Span<float> mask)
    {
        for (var i = 0; i < ids.Length; i++)
            mask[i] = ids[i] != 0f ? 1f : 0f;
    }
}
