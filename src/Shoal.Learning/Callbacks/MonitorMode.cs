namespace Shoal.Learning;

/// <summary>Which way a monitored number gets better.</summary>
public enum MonitorMode
{
    /// <summary>By the name: down for losses and errors, up for accuracy, precision, recall, F1 and areas under curves; other names are refused.</summary>
    Auto,

    /// <summary>Down.</summary>
    Min,

    /// <summary>Up.</summary>
    Max,
}
