namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>y[row, position] = table[id]. Ids are whole numbers from 0 to Vocabulary − 1, written as floats.</summary>
    /// <returns>−1, or the index in <paramref name="ids"/> of the first that is no such number; nothing is written then.</returns>
    int EmbeddingForward(in EmbeddingShape shape, Storage ids, Storage table, Storage y);

    /// <summary>
    /// dTable[id] = Σ dy over all places of the id, 0 for ids that do not occur: in each shard plain additions by (row, position), then the tree over shards.
    /// </summary>
    /// <exception cref="ArgumentException">An id is no whole number from 0 to Vocabulary − 1.</exception>
    void EmbeddingGradient(in EmbeddingShape shape, Storage ids, Storage dy, Storage dTable);

    /// <summary>1 where an id is not 0, else 0; <paramref name="mask"/> may be <paramref name="ids"/>.</summary>
    void TokenMask(int length, Storage ids, Storage mask);
}
