namespace Shoal.Cli;

/// <summary>The command line asks for something that cannot be; the message holds the valid values.</summary>
internal sealed class UsageException(string message) : Exception(message);
