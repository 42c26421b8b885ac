using Shoal.Cli.Doctor;

namespace Shoal.Cli.Tests;

/// <summary>Control groups as several systems show them, in a folder that stands for the root.</summary>
public sealed class ContainerLimitsTests
{
    [Fact]
    public void Version_2_tells_both_limits()
    {
        using var root = Root("0::/app", ("sys/fs/cgroup/app/cpu.max", "150000 100000"), ("sys/fs/cgroup/app/memory.max", "512000000"));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(1.5, 512_000_000));
    }

    [Fact]
    public void The_tightest_group_above_counts()
    {
        using var root = Root("0::/a/b", ("sys/fs/cgroup/a/cpu.max", "50000 100000"), ("sys/fs/cgroup/a/b/cpu.max", "400000 100000"), ("sys/fs/cgroup/a/b/memory.max", "max"), ("sys/fs/cgroup/a/memory.max", "700"));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(0.5, 700));
    }

    [Fact]
    public void A_container_that_sees_only_its_own_group_is_limited_by_the_mount()
    {
        using var root = Root("0::/not/visible/here", ("sys/fs/cgroup/cpu.max", "100000 100000"), ("sys/fs/cgroup/memory.max", "900"));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(1, 900));
    }

    [Fact]
    public void Version_1_tells_both_limits()
    {
        using var root = Root("4:memory:/app\n1:cpu,cpuacct:/app",
            ("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "200000"), ("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000"),
            ("sys/fs/cgroup/memory/app/memory.limit_in_bytes", "800"));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(2, 800));
    }

    [Fact]
    public void No_limit_is_no_number()
    {
        using var root = Root("4:memory:/\n1:cpu:/",
            ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1"), ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"), ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712"));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0::/x")]
    public void A_system_that_tells_nothing_has_no_limits(string groups)
    {
        using var root = Root(groups, ("sys/fs/cgroup/cpu.max", "what"), ("sys/fs/cgroup/memory.max", ""));

        ContainerLimits.Read(root.Path).ShouldBe(new ContainerLimits(null, null));
    }

    [Fact]
    public void Another_system_has_no_limits()
    {
        using var empty = new TestFolder();

        ContainerLimits.Read(empty.Path).ShouldBe(new ContainerLimits(null, null));
    }

    private static TestFolder Root(string groups, params (string Name, string Text)[] files)
    {
        var root = new TestFolder();
        foreach (var (name, text) in files.Prepend(("proc/self/cgroup", groups)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root.File(name))!);
            File.WriteAllText(root.File(name), text + "\n");
        }

        return root;
    }
}
