namespace Shoal.Tests.Contract;

[Trait("Backend", "serial")]
public sealed class SerialContract : LoopContract
{
    protected override string Spec => "serial";
}

[Trait("Backend", "serial:strict")]
public sealed class StrictContract : LoopContract
{
    protected override string Spec => "serial:strict";
}

[Trait("Backend", "auto")]
public sealed class AutoContract : PoolContract
{
    protected override string Spec => "auto";
}

[Trait("Backend", "threads")]
public sealed class ThreadsContract : PoolContract
{
    protected override string Spec => "threads:3";
}

[Trait("Backend", "processes")]
public sealed class ProcessesContract : PoolContract
{
    protected override string Spec => "processes:2";
}

[Trait("Backend", "processes")]
[Trait("Category", "Slow")]
public sealed class SocketProcessesContract : PoolContract
{
    protected override string Spec => "processes:2";

    protected override Pool Open(PoolOptions? options = null)
    {
        options ??= new PoolOptions();
        Dictionary<string, string?> environment = new(options.Environment ?? new Dictionary<string, string?>()) { ["SHOAL_TRANSPORT"] = "socket" };
        return base.Open(options with { Environment = environment });
    }
}

[Trait("Backend", "threads")]
[Trait("Category", "Slow")]
public sealed class OneThreadContract : PoolContract
{
    protected override string Spec => "threads:1";
}
