namespace Shoal.Learning;

/// <summary>How <see cref="ArrayBatches"/> cuts its arrays into batches.</summary>
public sealed record ArrayBatchOptions
{
    /// <summary>Rows of a batch, 1 or more; at most the count of samples is used. <value>32</value></summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Whether each pass takes the samples in a new order. <value>true</value></summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The seed of order and augmentation. <value>0</value></summary>
    public ulong Seed { get; init; }

    /// <summary>Random changes of images, for samples of shape (height, width, channels); null for none. <value>null</value></summary>
    public ImageAugmentation? Augmentation { get; init; }
}
