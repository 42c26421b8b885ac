using Shoal.Calls;
using Shoal.Children;

namespace Shoal;

/// <content>Starting one: functions with and without a result, of 0 to 4 arguments.</content>
public abstract partial class ChildProcess
{
    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Join it, wait for it, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess Start(Action function, ChildProcessOptions? options = null)
        => Begin(new ChildAction(NotNull(function)), NoItem, options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Wait for its result, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess<R> Start<R>(Func<R> function, ChildProcessOptions? options = null)
        => Begin(new NoArgumentFunction<R>(NotNull(function)), NoItem, options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">Its argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Join it, wait for it, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess Start<T>(Action<T> function, T first, ChildProcessOptions? options = null)
        => Begin(new ChildAction<T>(NotNull(function)), first, options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">Its argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Wait for its result, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess<R> Start<T, R>(Func<T, R> function, T first, ChildProcessOptions? options = null)
        => Begin(new PlainFunction<T, R>(NotNull(function)), first, options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Join it, wait for it, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess Start<T1, T2>(Action<T1, T2> function, T1 first, T2 second, ChildProcessOptions? options = null)
        => Begin(new ChildAction<T1, T2>(NotNull(function)), (first, second), options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Wait for its result, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess<R> Start<T1, T2, R>(Func<T1, T2, R> function, T1 first, T2 second, ChildProcessOptions? options = null)
        => Begin(new StarFunction<T1, T2, R>(NotNull(function)), (first, second), options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Join it, wait for it, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess Start<T1, T2, T3>(Action<T1, T2, T3> function, T1 first, T2 second, T3 third, ChildProcessOptions? options = null)
        => Begin(new ChildAction<T1, T2, T3>(NotNull(function)), (first, second, third), options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Wait for its result, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess<R> Start<T1, T2, T3, R>(Func<T1, T2, T3, R> function, T1 first, T2 second, T3 third, ChildProcessOptions? options = null)
        => Begin(new StarFunction<T1, T2, T3, R>(NotNull(function)), (first, second, third), options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Join it, wait for it, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess Start<T1, T2, T3, T4>(Action<T1, T2, T3, T4> function, T1 first, T2 second, T3 third, T4 fourth, ChildProcessOptions? options = null)
        => Begin(new ChildAction<T1, T2, T3, T4>(NotNull(function)), (first, second, third, fourth), options);

    /// <summary>Runs a function in a process of its own.</summary>
    /// <param name="function">The function.</param>
    /// <param name="first">The first argument.</param>
    /// <param name="second">The second argument.</param>
    /// <param name="third">The third argument.</param>
    /// <param name="fourth">The fourth argument.</param>
    /// <param name="options">Name, environment and grace; the defaults if absent.</param>
    /// <returns>The process, which is alive already. Wait for its result, or await it.</returns>
    /// <exception cref="ArgumentException">The function or an argument cannot travel, or an option is not valid; nothing was started.</exception>
    /// <exception cref="InvalidOperationException">This is a function that a pool or another child process runs.</exception>
    /// <exception cref="ShoalException">This program cannot be started a second time; the message names the cure.</exception>
    public static ChildProcess<R> Start<T1, T2, T3, T4, R>(Func<T1, T2, T3, T4, R> function, T1 first, T2 second, T3 third, T4 fourth, ChildProcessOptions? options = null)
        => Begin(new StarFunction<T1, T2, T3, T4, R>(NotNull(function)), (first, second, third, fourth), options);

    private const byte NoItem = 0;

    private static F NotNull<F>(F function)
        where F : Delegate
    {
        ArgumentNullException.ThrowIfNull(function);
        return function;
    }

    private static ChildProcess<R> Begin<T, R>(Function<T, R> function, T arguments, ChildProcessOptions? options)
    {
        FunctionShapes.RefuseTask<R>(Verb);
        var run = ChildRun.Create(function, arguments, (options ?? new ChildProcessOptions()).Validated());
        run.Start();
        return new ChildProcess<R>(run);
    }
}
