using System.Globalization;
using System.Text;

namespace Shoal.Learning;

/// <summary>How the gradients of a layer or loss compare with finite differences, tensor by tensor.</summary>
public sealed class GradientReport
{
    internal GradientReport(string subject, IReadOnlyList<GradientComparison> tensors) => (Subject, Tensors) = (subject, tensors);

    /// <summary>The layer or loss, for people.</summary>
    public string Subject { get; }

    /// <summary>One comparison for each input (<c>x</c>, or <c>x0</c>, <c>x1</c>), then for each trainable parameter.</summary>
    public IReadOnlyList<GradientComparison> Tensors { get; }

    /// <summary>Whether all gradients are right.</summary>
    public bool IsRight => Tensors.All(t => t.IsRight);

    /// <summary>Throws where a gradient is not right.</summary>
    /// <exception cref="InvalidOperationException">The message is that of <see cref="ToString"/>.</exception>
    public void EnsureRight()
    {
        if (!IsRight)
            throw new InvalidOperationException(ToString());
    }

    /// <summary>One line for each tensor.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Subject}: the gradients are {(IsRight ? "right" : "wrong")}.");
        foreach (var tensor in Tensors)
            text.Append('\n').Append(tensor);
        return text.ToString();
    }
}
