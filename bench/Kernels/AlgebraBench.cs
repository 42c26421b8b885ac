using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Shoal.Numerics;

namespace Shoal.Bench.Kernels;

/// <summary>Dense algebra and special functions in double against the peak of the same run (half that of floats), and MathNet: `-- algebra [threads]`.</summary>
internal static class AlgebraBench
{
    private const int Digits = 784;
    private static bool _wall;

    internal static void Run(int threads)
    {
        // As beside it: processor time for one thread, so that a busy machine does not blur it.
        _wall = threads > 1;
        using var algebra = new DenseAlgebra(threads);
        MathNet.Numerics.Control.MaxDegreeOfParallelism = threads;
        var peak = Peak.Measure() * threads;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{threads} threads; peak {peak:F1} GFLOP/s of floats, {peak / 2:F1} of doubles"));
        Console.WriteLine($"{"what",-40}{"best ms",10}{"median ms",11}{"GFLOP/s",10}{"of peak",9}");

        foreach (var n in new[] { 256, 512, 1024, 2048 })
        {
            var (a, b, c) = (Numbers(n * n), Numbers(n * n), new double[n * n]);
            Measure($"product of doubles {n}", 2.0 * n * n * n, peak / 2, () => algebra.Multiply(In(a, n), In(b, n), Out(c, n)));
            var (sa, sb, sc) = (Array.ConvertAll(a, x => (float)x), Array.ConvertAll(b, x => (float)x), new float[n * n]);
            Measure($"product of floats {n}", 2.0 * n * n * n, peak, () => algebra.Multiply(In(sa, n), In(sb, n), Out(sc, n)));
        }

        {
            const int N = 1024;
            var (a, b, c) = (Numbers(N * N), Numbers(N * N), new double[N * N]);
            Measure("product of doubles 1024, aᵀ·b", 2.0 * N * N * N, peak / 2, () => algebra.Multiply(In(a, N).Transpose(), In(b, N), Out(c, N)));
            Measure("product of doubles 1024, a·bᵀ + c", 2.0 * N * N * N, peak / 2, () => algebra.Multiply(In(a, N), In(b, N).Transpose(), Out(c, N), 1, 1));
            Measure("product of doubles 1024×64×1024", 2.0 * N * N * 64, peak / 2, () => algebra.Multiply(new ReadOnlyMatrixSpan<double>(a, N, 64), new ReadOnlyMatrixSpan<double>(b, 64, N), Out(c, N)));
            var (ma, mb) = (Matrix<double>.Build.DenseOfRowMajor(512, 512, a.Take(512 * 512)), Matrix<double>.Build.DenseOfRowMajor(512, 512, b.Take(512 * 512)));
            var mc = Matrix<double>.Build.Dense(512, 512);
            Measure("MathNet: product of doubles 512", 2.0 * 512 * 512 * 512, peak / 2, () => ma.Multiply(mb, mc));
        }

        {
            var gram = Gram();
            var (work, values, vectors) = (new double[Digits * Digits], new double[Digits], new double[Digits * Digits]);
            var cubes = (double)Digits * Digits * Digits;
            Measure("Cholesky 784", cubes / 3, peak / 2, () =>
            {
                gram.CopyTo(work, 0);
                algebra.Cholesky(Out(work, Digits));
            });
            var sides = Numbers(Digits * 10);
            Measure("solve 784, 10 right sides", 2.0 * Digits * Digits * 10, peak / 2, () => algebra.SolveCholesky(In(work, Digits), new MatrixSpan<double>(sides, Digits, 10)));
            Measure("eigenvalues 784", cubes * 4 / 3, peak / 2, () => algebra.SymmetricEigenvalues(In(gram, Digits), values));
            Measure("eigenvalues and vectors 784", 0, 0, () => algebra.SymmetricEigen(In(gram, Digits), values, Out(vectors, Digits)));
            var matrix = Matrix<double>.Build.DenseOfRowMajor(Digits, Digits, gram);
            var bytes = new byte[10_000 * Digits];
            new Random(4).NextBytes(bytes);
            var whole = new long[Digits * Digits];
            Measure("Gram matrix of 10,000 rows of 784 bytes", 10_000.0 * Digits * Digits, peak / 2, () => algebra.Gram(new ReadOnlyMatrixSpan<byte>(bytes, 10_000, Digits), Out(whole, Digits)));
            Measure("MathNet: Cholesky 784", cubes / 3, peak / 2, () => matrix.Cholesky());
            Measure("MathNet: eigenvalues and vectors 784", 0, 0, () => matrix.Evd(Symmetricity.Symmetric), 3);
        }

        Functions();
    }

    private static void Functions()
    {
        const int N = 4096;
        var x = Array.ConvertAll(Numbers(N), value => value * 4);
        var y = new double[N];
        var positive = Array.ConvertAll(x, Math.Abs);
        Console.WriteLine($"{"function, span of 4096",-40}{"ns a value",10}");
        void Time(string name, Action run)
        {
            // The median: the clock of a thread now and then shows no time for so short a run.
            var times = Times(run, 50);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40}{times[times.Count / 2] * 1e9 / N,10:F2}"));
        }

        Time("exp", () => SpecialFunctions.Exp(x, y));
        Time("log", () => SpecialFunctions.Log(positive, y));
        Time("log1p", () => SpecialFunctions.Log1p(positive, y));
        Time("tanh", () => SpecialFunctions.Tanh(x, y));
        Time("sigmoid", () => SpecialFunctions.Sigmoid(x, y));
        Time("erf", () => SpecialFunctions.Erf(x, y));
        Time("erfc", () => SpecialFunctions.Erfc(x, y));
        Time("erfcx", () => SpecialFunctions.Erfcx(x, y));
        Time("normal cdf", () => SpecialFunctions.NormalCdf(x, y));
        Time("Math.Exp", () =>
        {
            for (var i = 0; i < x.Length; i++)
                y[i] = Math.Exp(x[i]);
        });
        Time("MathNet: Erf", () =>
        {
            for (var i = 0; i < x.Length; i++)
                y[i] = MathNet.Numerics.SpecialFunctions.Erf(x[i]);
        });
    }

    private static void Measure(string name, double flops, double peak, Action run, int least = 12)
    {
        var times = Times(run, least);
        var speed = flops > 0 ? string.Create(CultureInfo.InvariantCulture, $"{flops / times[0] / 1e9,10:F1}{flops / times[0] / 1e9 / peak,9:P0}") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40}{times[0] * 1e3,10:F3}{times[times.Count / 2] * 1e3,11:F3}{speed}"));
    }

    private static List<double> Times(Action run, int least)
    {
        var times = new List<double>();
        var total = Stopwatch.GetTimestamp();
        run();
        while (times.Count < least || (Stopwatch.GetElapsedTime(total).TotalSeconds < 0.3 && times.Count < 2000))
        {
            var start = ThreadClock.Seconds(_wall);
            run();
            times.Add(ThreadClock.Seconds(_wall) - start);
        }

        times.Sort();
        return times;
    }

    private static double[] Numbers(int length)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - 0.5)];
    }

    /// <summary>Products of 900 random vectors, with a penalty: what a ridge regression on digits solves.</summary>
    private static double[] Gram()
    {
        var (x, gram) = (Numbers(900 * Digits), new double[Digits * Digits]);
        using var algebra = new DenseAlgebra(1);
        var matrix = new ReadOnlyMatrixSpan<double>(x, 900, Digits);
        algebra.Multiply(matrix.Transpose(), matrix, Out(gram, Digits));
        for (var i = 0; i < Digits; i++)
            gram[i * (Digits + 1)] += 1;
        return gram;
    }

    private static ReadOnlyMatrixSpan<T> In<T>(T[] values, int n)
        where T : unmanaged => new(values, n, n);

    private static MatrixSpan<T> Out<T>(T[] values, int n)
        where T : unmanaged => new(values, n, n);
}
