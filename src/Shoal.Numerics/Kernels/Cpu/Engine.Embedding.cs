using System.Runtime.CompilerServices;

namespace Shoal.Numerics.Kernels.Cpu;

internal abstract unsafe partial class Engine
{
    internal abstract int EmbeddingForward(in EmbeddingShape s, float* ids, float* table, float* y);

    internal abstract int EmbeddingGradient(in EmbeddingShape s, float* ids, float* dy, float* dTable);
}

internal sealed unsafe partial class Engine<TSimd, T>
{
    // Columns of a task: two cache lines of each row. Many tasks of few ids, since some ids (padding) are far more frequent than others.
    private const int EmbeddingColumns = 32;
    private const int EmbeddingTasks = 16;

    // Partial sums that can wait at once: one for each level of the tree over at most 2^31 / 16 shards.
    private const int EmbeddingLevels = 28;

    internal override int EmbeddingForward(in EmbeddingShape s, float* ids, float* table, float* y)
    {
        var places = s.Rows * s.Positions;
        var job = new EmbeddingJob { Shape = s, Table = table, Y = y, Ids = (int*)Scratch.Get(Workspace.Block.Ids, places) };
        var bad = ReadIds(ids, places, s.Vocabulary, job.Ids);
        if (bad < 0)
        {
            job.TaskIds = Math.Max(1, ElementwiseTask / s.Size);
            Team.Run(Divide(places, job.TaskIds), &EmbeddingTask, &job);
        }

        return bad;
    }

    /// <summary>Ids are sorted by counting, which keeps the order of their places; then each row of the table is summed on its own.</summary>
    internal override int EmbeddingGradient(in EmbeddingShape s, float* ids, float* dy, float* dTable)
    {
        var places = s.Rows * s.Positions;
        var numbers = (int*)Scratch.Get(Workspace.Block.Ids, (2L * places) + s.Vocabulary);
        var bad = ReadIds(ids, places, s.Vocabulary, numbers);
        if (bad >= 0)
            return bad;
        var job = new EmbeddingJob { Shape = s, Y = dy, Table = dTable, Ids = numbers, Places = numbers + places, Ends = numbers + (2L * places) };
        SortPlaces(job, places);
        job.TaskIds = Math.Max(1, Divide(s.Vocabulary, EmbeddingTasks * Team.Threads));
        job.ColumnTasks = Divide(s.Size, EmbeddingColumns);
        job.ThreadLength = RoundUp(EmbeddingLevels * (TSimd.Count + 1), 16);
        job.Scratch = Scratch.Get(Workspace.Block.PerThread, job.ThreadLength * Team.Threads);
        Team.Run(Divide(s.Vocabulary, job.TaskIds) * job.ColumnTasks, &EmbeddingGradientTask, &job);
        return bad;
    }

    /// <summary>The ids as integers; returns the first index that holds none, or −1.</summary>
    private static int ReadIds(float* ids, int count, int vocabulary, int* numbers)
    {
        for (var i = 0; i < count; i++)
        {
            // The comparisons are false for NaN.
            if (!(ids[i] >= 0f && ids[i] < vocabulary))
                return i;
            numbers[i] = (int)ids[i];
            if (numbers[i] != ids[i])
                return i;
        }

        return -1;
    }

    private static void SortPlaces(in EmbeddingJob job, int places)
    {
        var ends = new Span<int>(job.Ends, job.Shape.Vocabulary);
        ends.Clear();
        for (var i = 0; i < places; i++)
            job.Ends[job.Ids[i]]++;
        var first = 0;
        foreach (ref var end in ends)
            (end, first) = (first, first + end);

        // Each begins at its first place and ends behind its last.
        for (var i = 0; i < places; i++)
            job.Places[job.Ends[job.Ids[i]]++] = i;
    }

    private static void EmbeddingTask(void* state, int task, int thread)
    {
        var job = (EmbeddingJob*)state;
        var size = job->Shape.Size;
        var end = Math.Min(job->Shape.Rows * job->Shape.Positions, (task + 1) * job->TaskIds);
        for (var i = task * job->TaskIds; i < end; i++)
            new ReadOnlySpan<float>(job->Table + ((nint)job->Ids[i] * size), size).CopyTo(new Span<float>(job->Y + ((nint)i * size), size));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EmbeddingGradientTask(void* state, int task, int thread)
    {
        var job = (EmbeddingJob*)state;
        var size = job->Shape.Size;
        var firstId = task / job->ColumnTasks * job->TaskIds;
        var firstColumn = task % job->ColumnTasks * EmbeddingColumns;
        var (endId, endColumn) = (Math.Min(job->Shape.Vocabulary, firstId + job->TaskIds), Math.Min(size, firstColumn + EmbeddingColumns));
        var waiting = job->Scratch + (job->ThreadLength * thread);
        for (var id = firstId; id < endId; id++)
        {
            var begin = id == 0 ? 0 : job->Ends[id - 1];
            var count = job->Ends[id] - begin;
            var target = job->Table + ((nint)id * size);
            if (count == 0)
            {
                new Span<float>(target + firstColumn, endColumn - firstColumn).Clear();
                continue;
            }

            for (var column = firstColumn; column < endColumn; column += TSimd.Count)
            {
                var sum = SumPlaces(job, job->Places + begin, count, column, waiting);
                if (column + TSimd.Count <= endColumn)
                {
                    TSimd.Store(sum, target + column);
                    continue;
                }

                TSimd.Store(sum, waiting);
                new Span<float>(waiting, endColumn - column).CopyTo(new Span<float>(target + column, endColumn - column));
            }
        }
    }

    /// <summary>
    /// One register of columns over the places of an id: a chain in each shard, then the tree over shards, in which those without the id are +0 and can
    /// be left out (a chain begun at +0 never gives −0). Sums wait until no later shard can come between them: two neighbours are added where
    /// their paths in the tree meet lower than the path of the newcomer, which the highest bit in which the shards' numbers differ tells.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T SumPlaces(EmbeddingJob* job, int* places, int count, int column, float* waiting)
    {
        var shards = (int*)(waiting + (EmbeddingLevels * TSimd.Count));
        var shardLength = (long)IKernels.ShardRows * job->Shape.Positions;
        nint size = job->Shape.Size;
        var dy = job->Y + column;
        var depth = 0;
        for (var i = 0; i < count;)
        {
            var shard = (int)(places[i] / shardLength);
            var end = (shard + 1) * shardLength;
            var sum = TSimd.Zero;
            do
                sum = TSimd.Add(sum, TSimd.Load(dy + (places[i] * size)));
            while (++i < count && places[i] < end);
            while (depth > 1 && Meet(shards[depth - 2], shards[depth - 1]) < Meet(shards[depth - 1], shard))
                depth = AddNeighbours(waiting, shards, depth);
            TSimd.Store(sum, waiting + (depth * TSimd.Count));
            shards[depth++] = shard;
        }

        while (depth > 1)
            depth = AddNeighbours(waiting, shards, depth);
        return TSimd.Load(waiting);
    }

    private static int Meet(int shard, int other) => System.Numerics.BitOperations.Log2((uint)(shard ^ other));

    private static int AddNeighbours(float* waiting, int* shards, int depth)
    {
        var left = waiting + ((depth - 2) * TSimd.Count);
        TSimd.Store(TSimd.Add(TSimd.Load(left), TSimd.Load(left + TSimd.Count)), left);
        shards[depth - 2] = shards[depth - 1];
        return depth - 1;
    }

    private struct EmbeddingJob
    {
        internal EmbeddingShape Shape;
        internal int* Ids;

        /// <summary>The places of all ids, sorted by id and then by place.</summary>
        internal int* Places;

        /// <summary>Behind the last of an id's places.</summary>
        internal int* Ends;
        internal float* Table;
        internal float* Y;
        internal int TaskIds;
        internal int ColumnTasks;
        internal float* Scratch;
        internal long ThreadLength;
    }
}
