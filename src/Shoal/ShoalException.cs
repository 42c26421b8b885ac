namespace Shoal;

/// <summary>The base of the errors that Shoal itself raises; a user's own exceptions keep their own type.</summary>
public class ShoalException : Exception
{
    /// <summary>An error with its message.</summary>
    public ShoalException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its message and its cause.</summary>
    public ShoalException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
