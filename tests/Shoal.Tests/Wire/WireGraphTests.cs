using System.Collections.Immutable;

namespace Shoal.Tests.Wire;

/// <summary>Sharing, cycles and depth.</summary>
public class WireGraphTests
{
    private const int Long = 100_000;

    [Fact]
    public void Shared_objects_stay_shared()
    {
        var node = new Node(3);
        var graph = (A: node, B: new object[] { node, node }, C: new List<Node> { node }, D: new Dictionary<Node, Node> { [node] = node }, E: new WithReference { Node = node });

        Deep.Difference(graph, Trip.Of(graph)).ShouldBeNull();
    }

    [Fact]
    public void Shared_boxes_stay_shared()
    {
        object box = 5;

        var copy = Trip.Of(new[] { box, box, (object)5 });

        copy[0].ShouldBeSameAs(copy[1]);
        copy[0].ShouldNotBeSameAs(copy[2]);
    }

    [Fact]
    public void Cycles_close_again()
    {
        var node = new Node(1);
        node.Next = new Node(2) { Next = node };
        node.Any = new object[] { node, new List<object> { node, new WithReference { Node = node } } };
        var array = new object[2];
        array[0] = array;
        array[1] = node;

        Deep.Difference(array, Trip.Of(array)).ShouldBeNull();
    }

    [Fact]
    public void A_dictionary_whose_keys_lead_back_to_it_finds_them()
    {
        var home = new Dictionary<Key, int>();
        foreach (var text in new[] { "a", "bb", "ccc" })
            home.Add(new Key(text) { Home = home }, text.Length);

        var copy = Trip.Of(home);

        copy.Keys.ShouldAllBe(k => ReferenceEquals(k.Home, copy));
        copy[new Key("bb")].ShouldBe(2);
    }

    [Fact]
    public void A_key_that_holds_the_dictionary_it_is_in_is_complete_before_it_is_hashed()
    {
        var key = new Key("long text");
        key.Home = new() { [key] = 4 };

        var copy = Trip.Of(key);

        copy.Home![new Key("long text")].ShouldBe(4);
        copy.Home.Keys.Single().ShouldBeSameAs(copy);
    }

    [Fact]
    public void A_cycle_through_an_immutable_collection_is_refused()
    {
        var node = new Node(1);
        node.Any = ImmutableList.Create(node);

        Trip.Refusal(node.Any).ShouldContain("ImmutableList<Node> contains itself and cannot travel to a worker: break the cycle");
        Deep.Difference(node, Trip.Of(node)).ShouldBeNull();
    }

    [Fact]
    public void Each_call_is_a_graph_of_its_own()
    {
        var node = new Node(3);

        Trip.Bytes(node).ShouldBe(Trip.Bytes(node));
        Trip.Of(node).ShouldNotBeSameAs(Trip.Of(node));
    }

    [Fact]
    public void A_long_list_travels()
    {
        Node? head = null;
        for (var i = 0; i < Long; i++)
            head = new Node(i) { Next = head };

        var count = 0;
        for (var node = Trip.Of(head); node is not null; node = node.Next)
            count += node.Secret == Long - 1 - count ? 1 : Long;
        count.ShouldBe(Long);
    }

    [Fact]
    public void A_deep_tree_with_hashed_and_immutable_parts_travels()
    {
        Node? head = null;
        var keys = Enumerable.Range(0, 50).Select(i => new Key("key" + i)).ToArray();
        for (var i = 0; i < 2000; i++)
            head = new Node(i) { Next = head, Any = i % 50 == 0 ? new Dictionary<Key, int> { [keys[i % 47]] = i } : i % 50 == 1 ? ImmutableHashSet.Create(keys[i % 43], new Key("own" + i)) : keys[i % 50] };

        var copy = Trip.Of(head);

        for (var node = copy; node is not null; node = node.Next)
        {
            if (node.Any is Dictionary<Key, int> dictionary)
                dictionary[new Key("key" + (node.Secret % 47))].ShouldBe(node.Secret);
            else if (node.Any is ImmutableHashSet<Key> set)
                set.ShouldContain(new Key("own" + node.Secret));
        }
    }

    [Fact]
    public void A_deep_nest_of_collections_travels()
    {
        const int Deep = 10_000;
        object nest = 1;
        for (var i = 0; i < Deep; i++)
            nest = i % 3 == 0 ? new List<object> { nest } : i % 3 == 1 ? new object[] { nest } : new Dictionary<string, object> { ["a"] = nest };

        var copy = Trip.Of(nest);

        for (var i = Deep - 1; i >= 0; i--)
            copy = i % 3 == 0 ? ((List<object>)copy)[0] : i % 3 == 1 ? ((object[])copy)[0] : ((Dictionary<string, object>)copy)["a"];
        copy.ShouldBe(1);
    }

    [Fact]
    public void A_chain_of_inner_exceptions_travels()
    {
        Exception error = new FormatException("first");
        for (var i = 0; i < 10_000; i++)
            error = new InvalidOperationException("outer", error);

        Trip.OfError(error).GetBaseException().ShouldBeOfType<FormatException>();
    }

    [Fact]
    public void The_example_of_the_description_is_right()
    {
        var same = Array.Empty<int>();

        Convert.ToHexString(Trip.Bytes<object>(new object[] { 7, "ab", same, same })).ShouldBe(
            "03" + "0002" + "0008" + "04" + "03001007000000" + "04066162" + "0300020300" + "0102");
    }

    [Fact]
    public void Threads_write_and_read_at_once()
    {
        Parallel.For(0, 200, i =>
        {
            var value = new Dictionary<string, Node> { ["k" + i] = new Node(i) { Any = new[] { 1.5 * i } } };
            Deep.Difference(value, Trip.Of(value)).ShouldBeNull();
        });
    }

    [Fact]
    public void Numbers_in_arrays_cost_their_bytes_and_little_more()
    {
        Trip.Bytes(new double[1000]).Length.ShouldBeInRange(8000, 8010);
        Trip.Bytes(5).Length.ShouldBe(4);
        Trip.Bytes(Enumerable.Repeat(new Animal("cat", 4), 100).ToArray()).Length.ShouldBeLessThan(350);
    }
}
