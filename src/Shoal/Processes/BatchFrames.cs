using System.Buffers.Binary;
using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>What a worker is sent for a batch: the call's function where the worker does not hold it, the range, the items.</summary>
internal static class BatchFrames
{
    // Fits the buffer of whoever reads it.
    private const int LongestBlock = 32 * 1024;

    // An item that needs more goes by itself: what a message costs is little beside it.
    private const int ShortestBlock = 4 * 1024;

    /// <summary>Writes all of it, so that a batch with an item that cannot travel is not sent at all.</summary>
    /// <exception cref="ItemRefusedException">The function or an item cannot travel; the buffer is empty.</exception>
    public static void Write(FrameBuffer output, Batch batch, long sequence, Definitions definitions, SentContents? contents)
    {
        output.Clear();
        contents?.Reset();
        var end = batch.Start + batch.Count;
        try
        {
            WriteDefinition(output, batch.Job, definitions, contents);
            output.Begin(FrameKind.Run);
            output.Int32(batch.Job.Call);
            output.Int32(batch.Attempt);
            output.Int64(sequence);
            output.Int64(batch.Start);
            output.Int32(batch.Count);
            output.End();
            for (var index = batch.Start; index < end;)
                index += WriteItems(output, batch.Job, index, (int)(end - index));
        }
        catch (Exception error)
        {
            output.Clear();
            contents?.Reset();
            if (error is ItemRefusedException { InnerException: FrameTooLongException tooLong, Index: var refused })
                throw new ItemRefusedException(refused, new ArgumentException((refused < 0 ? "The function, with what it captured, cannot travel. " : $"Item {refused} cannot travel. ") + tooLong.Message, tooLong));
            throw;
        }
    }

    private static void WriteDefinition(FrameBuffer output, Job job, Definitions definitions, SentContents? contents)
    {
        if (definitions.Has(job.Call, out var forget))
            return;
        if (forget >= 0)
        {
            output.Begin(FrameKind.Forget);
            output.Int32(forget);
            output.End();
        }
        output.Begin(FrameKind.Define);
        output.Int32(job.Call);
        contents?.Begin(job, forget);
        output.Places = contents;
        job.WriteDefinition(output);
        output.Places = output.Lane;
        output.End();
        contents?.Write(output);
    }

    // Several side by side, or the first one as a message.
    private static int WriteItems(FrameBuffer output, Job job, long index, int left)
    {
        output.Begin(FrameKind.Items);
        Span<byte> room = output.GetSpan(ShortestBlock);
        var count = job.WriteBlock(index, left, room[sizeof(int)..Math.Min(room.Length, LongestBlock)], out var bytes);
        if (count == 0)
        {
            job.WriteItem(index, output);
            output.End(FrameKind.Item);
            return 1;
        }
        BinaryPrimitives.WriteInt32LittleEndian(room, count);
        output.Advance(sizeof(int) + bytes);
        output.End();
        return count;
    }
}
