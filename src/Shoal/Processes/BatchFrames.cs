using Shoal.Backends;

namespace Shoal.Processes;

/// <summary>What a worker is sent for a batch: the call's function where the worker does not hold it, the range, the items.</summary>
internal static class BatchFrames
{
    // Fits the buffer of whoever reads it.
    private const int BlockBytes = 32 * 1024;

    /// <summary>Writes all of it, so that a batch with an item that cannot travel is not sent at all.</summary>
    /// <exception cref="ItemRefusedException">The function or an item cannot travel; the buffer is empty.</exception>
    public static void Write(FrameBuffer output, Batch batch, long sequence, Definitions definitions, SentContents? contents)
    {
        output.Clear();
        contents?.Reset();
        long index = -1, end = batch.Start + batch.Count;
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
            int size = batch.Job.ItemBytes;
            for (index = batch.Start; index < end;)
            {
                if (size == 0)
                    WriteItem(output, batch.Job, index++);
                else
                    index += WriteBlock(output, batch.Job, index, end - index, size);
            }
        }
        catch (Exception error)
        {
            output.Clear();
            if (error is FrameTooLongException)
                throw new ItemRefusedException(index, new ArgumentException((index < 0 ? "The function, with what it captured, cannot travel. " : $"Item {index} cannot travel. ") + error.Message, error));
            throw;
        }
    }

    private static void WriteDefinition(FrameBuffer output, Job job, Definitions definitions, SentContents? contents)
    {
        if (definitions.Has(job.Call, out int forget))
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

    private static void WriteItem(FrameBuffer output, Job job, long index)
    {
        output.Begin(FrameKind.Item);
        job.WriteItem(index, output);
        output.End();
    }

    private static int WriteBlock(FrameBuffer output, Job job, long index, long left, int size)
    {
        output.Begin(FrameKind.Items);
        output.Int32(size);
        int count = job.WriteBlock(index, (int)Math.Min(left, Math.Max(1, BlockBytes / size)), output);
        output.End();
        return count;
    }
}
