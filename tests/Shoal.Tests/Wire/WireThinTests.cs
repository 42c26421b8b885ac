namespace Shoal.Tests.Wire;

public class WireThinTests
{
    private sealed record Model(string Name, double[] Weights, List<int> Labels, Model? Parent);

    [Fact]
    public void A_lambda_travels_with_what_it_captured()
    {
        var (low, high) = (2, 5);
        int[] weights = [1, 2, 3];
        Func<int[], int> count = row => row.Count(x => low <= x && x <= high) + weights.Sum();

        var copy = Trip.Of(count);

        copy([1, 2, 3, 9]).ShouldBe(count([1, 2, 3, 9]));
    }

    [Fact]
    public void A_recursive_lambda_finds_itself()
    {
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);

        Trip.Of(factorial)(5).ShouldBe(120);
    }

    [Fact]
    public void Records_lists_and_arrays_come_back_equal()
    {
        var model = new Model("a", [1.5, 2.5], [1, 2], new("p", [], [], null));

        var copy = Trip.Of(model);

        copy.Name.ShouldBe("a");
        copy.Weights.ShouldBe(model.Weights);
        copy.Labels.ShouldBe(model.Labels);
        copy.Parent!.Name.ShouldBe("p");
    }

    [Fact]
    public void An_exception_keeps_its_type_its_message_and_its_stack()
    {
        try
        {
            int.Parse("x", System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (FormatException error)
        {
            var copy = Trip.OfError(error);

            copy.ShouldBeOfType<FormatException>().Message.ShouldBe(error.Message);
            copy.ToString().ShouldContain(nameof(An_exception_keeps_its_type_its_message_and_its_stack));
        }
    }

    [Fact]
    public void A_list_of_100_000_linked_nodes_works()
    {
        Model? head = null;
        for (var i = 0; i < 100_000; i++)
            head = new("n", [], [], head);

        var copy = Trip.Of(head);

        var count = 0;
        for (var node = copy; node is not null; node = node.Parent)
            count++;
        count.ShouldBe(100_000);
    }
}
