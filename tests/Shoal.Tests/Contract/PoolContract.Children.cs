namespace Shoal.Tests.Contract;

public abstract partial class PoolContract
{
    [SkippableFact]
    public Task A_function_of_a_pool_starts_no_child_process() => Within(() =>
    {
        using var pool = Open();

        Should.Throw<InvalidOperationException>(() => pool.Apply(() => ChildProcess.Start(() => 1).Id)).Message.ShouldContain("Call the function itself there");
    });
}
