namespace Shoal.Numerics.Kernels;

public partial interface IKernels
{
    /// <summary>
    /// A long short-term memory with the gates in Keras' order i f c o: i, f, o = sigmoid, g = tanh of x·kernel + bias + state·recurrentKernel;
    /// cells = f·cells + i·g, state = o·tanh(cells). Both begin at 0.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Rows, Steps, Inputs).</param>
    /// <param name="mask">(Rows, Steps): a step counts where it is not 0, and keeps state and cells elsewhere; null where all count.</param>
    /// <param name="kernel">(Inputs, 4·Units).</param>
    /// <param name="recurrentKernel">(Units, 4·Units).</param>
    /// <param name="bias">(4·Units).</param>
    /// <param name="cache">Written for the gradient; null where none follows, which takes memory for a slice of the rows only.</param>
    /// <param name="y">The states.</param>
    void LstmForward(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, LstmCache? cache, Storage y);

    /// <summary>The gradients of an LSTM through time; those of the weights through shards, by (row, position).</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Rows, Steps, Inputs).</param>
    /// <param name="mask">As in the forward pass.</param>
    /// <param name="kernel">(Inputs, 4·Units).</param>
    /// <param name="recurrentKernel">(Units, 4·Units).</param>
    /// <param name="cache">Of the forward pass; used up.</param>
    /// <param name="dy">As y.</param>
    /// <param name="dKernel">As <paramref name="kernel"/>.</param>
    /// <param name="dRecurrentKernel">As <paramref name="recurrentKernel"/>.</param>
    /// <param name="dBias">(4·Units).</param>
    /// <param name="dx">As <paramref name="x"/>, or null where nobody needs it.</param>
    void LstmGradient(
        in RecurrentShape shape, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, LstmCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx);

    /// <summary>
    /// A gated recurrent unit with the gates in Keras' order z r h: z, r = sigmoid of x·kernel + state·recurrentKernel with their biases, h = tanh of
    /// x·kernel + bias + r·(state·recurrentKernel + bias), or + (r·state)·recurrentKernel where the reset comes before the product;
    /// state = z·state + (1 − z)·h. It begins at 0.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="resetAfter">Whether the reset gate acts after the product.</param>
    /// <param name="x">(Rows, Steps, Inputs).</param>
    /// <param name="mask">(Rows, Steps): a step counts where it is not 0, and keeps the state elsewhere; null where all count.</param>
    /// <param name="kernel">(Inputs, 3·Units).</param>
    /// <param name="recurrentKernel">(Units, 3·Units).</param>
    /// <param name="bias">(2, 3·Units) with <paramref name="resetAfter"/>, that of x and that of the state; else (3·Units).</param>
    /// <param name="cache">Written for the gradient; null where none follows, which takes memory for a slice of the rows only.</param>
    /// <param name="y">The states.</param>
    void GruForward(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, Storage bias, GruCache? cache, Storage y);

    /// <summary>The gradients of a GRU through time; those of the weights through shards, by (row, position).</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="resetAfter">As in the forward pass.</param>
    /// <param name="x">(Rows, Steps, Inputs).</param>
    /// <param name="mask">As in the forward pass.</param>
    /// <param name="kernel">(Inputs, 3·Units).</param>
    /// <param name="recurrentKernel">(Units, 3·Units).</param>
    /// <param name="cache">Of the forward pass; used up.</param>
    /// <param name="dy">As y.</param>
    /// <param name="dKernel">As <paramref name="kernel"/>.</param>
    /// <param name="dRecurrentKernel">As <paramref name="recurrentKernel"/>.</param>
    /// <param name="dBias">As the bias.</param>
    /// <param name="dx">As <paramref name="x"/>, or null where nobody needs it.</param>
    void GruGradient(
        in RecurrentShape shape, bool resetAfter, Storage x, Storage? mask, Storage kernel, Storage recurrentKernel, GruCache cache, Storage dy, Storage dKernel,
        Storage dRecurrentKernel, Storage dBias, Storage? dx);
}
