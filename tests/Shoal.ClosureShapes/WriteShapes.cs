using System.Globalization;
using static Shoal.ClosureShapes.Shape;

namespace Shoal.ClosureShapes;

/// <summary>Functions whose changes would be lost in another process.</summary>
public sealed class WriteShapes
{
    private int _count;
    private Point _point;

    public static IEnumerable<Shape> All() =>
    [
        Assign(), AddTo(), Increment(), Interlocked(), Out(), FieldOfStruct(), AssignStruct(), MethodOfStruct(), PropertyOfStruct(), NestedScope(), InnerLambda(), InLocalFunction(),
        InAsync(), InIterator(), RefLocal(), RefArgument(), Coalesce(), Generic(1), Constrained(default(Counter)), Swap(), Multicast(), new WriteShapes().This(),
        new WriteShapes().ThisAndLocal(), new WriteShapes().StructOfThis(), Indirect(), InAsyncAfterAwait(), Span(), Conditional(), Tuple(), NestedAsync(), InSwitch(), InCatch(), Compound(), Deconstruct(),
    ];

    private static Shape Assign()
    {
        var last = 0;
        return Refused("an assignment", "writes captured `last`: return it, or use `Reduce`", x => last = x);
    }

    private static Shape AddTo()
    {
        var total = 0.0;
        return Refused("+=", "writes captured `total`", x => total += x);
    }

    private static Shape Increment()
    {
        var hits = 0;
        return Refused("++", "writes captured `hits`", x => hits++);
    }

    private static Shape Interlocked()
    {
        var hits = 0;
        return Refused("Interlocked.Increment", "writes captured `hits`", x => System.Threading.Interlocked.Increment(ref hits));
    }

    private static Shape Out()
    {
        var parsed = 0;
        return Refused("an out argument", "writes captured `parsed`", x => int.TryParse("3", CultureInfo.InvariantCulture, out parsed));
    }

    private static Shape FieldOfStruct()
    {
        var point = new Point();
        return Refused("a field of a captured struct", "writes captured `point`", x => point.X = x);
    }

    private static Shape AssignStruct()
    {
        var point = new Point { X = 1 };
        return Refused("a captured struct as a whole", "writes captured `point`", x =>
        {
            point = default;
            return x;
        });
    }

    private static Shape MethodOfStruct()
    {
        var point = new Point();
        return Refused("a method of a captured struct", "calls Next on captured `point`, which may change it: copy it first", x => point.Next());
    }

    private static Shape PropertyOfStruct()
    {
        var point = new Point();
        return Refused("a property of a captured struct that is not readonly", "captured `point`", x => point.Product);
    }

    private static Shape NestedScope()
    {
        var outer = 0;
        while (true)
        {
            var inner = 1;
            return Refused("a variable of an outer scope", "writes captured `outer`", x => outer += inner + x);
        }
    }

    private static Shape InnerLambda()
    {
        var total = 0;
        return Refused("a lambda in a lambda", "writes captured `total`", x =>
        {
            Array.ForEach([1, 2], y => total += y + x);
            return x;
        });
    }

    private static Shape InLocalFunction()
    {
        var total = 0;
        void Add(int x) => total += x;
        return Refused("a local function", "writes captured `total`", x =>
        {
            Add(x);
            return x;
        });
    }

    private static Shape InAsync()
    {
        var total = 0;
        return new("an async lambda", async (int x) =>
        {
            total += x;
            await Task.Yield();
            return x;
        }, "", "writes captured `total`");
    }

    private static Shape InAsyncAfterAwait()
    {
        var total = 0;
        return new("an async lambda, after its await", async (int x) =>
        {
            await Task.Yield();
            total = await Task.FromResult(x);
            return x;
        }, "", "writes captured `total`");
    }

    private static Shape InIterator()
    {
        var total = 0;
        IEnumerable<int> Items(int n)
        {
            for (var i = 0; i < n; i++)
            {
                total += i;
                yield return i;
            }
        }

        return Refused("an iterator", "writes captured `total`", x => Items(x).Count());
    }

    private static Shape RefLocal()
    {
        var total = 0;
        return Refused("a ref local", "writes captured `total`", x =>
        {
            ref var place = ref total;
            place = x;
            return x;
        });
    }

    private static Shape RefArgument()
    {
        var point = new Point();
        static void Set(ref Point p) => p = new() { X = 1 };
        return Refused("a ref argument", "writes captured `point`", x =>
        {
            Set(ref point);
            return x;
        });
    }

    private static Shape Coalesce()
    {
        string? text = null;
        return Refused("??=", "writes captured `text`", x => text ??= "made");
    }

    private static Shape Generic<T>(T value)
    {
        var last = value;
        return Refused("a lambda of a generic method", "writes captured `last`", x => last = value);
    }

    private static Shape Constrained<T>(T value)
        where T : struct, IComparable<T>
    {
        return Refused("a method of an interface on a captured struct", "captured `value`, which may change it", x => value.CompareTo(default));
    }

    private static Shape Swap()
    {
        var (a, b) = (1, 2);
        return Refused("a swap", "writes captured `b`", x => (a, b) = (b, a));
    }

    private static Shape Multicast()
    {
        var (k, total) = (1, 0);
        Func<int, object?> both = x => x + k;
        both += x => total += x;
        return Refused("the second of two functions", "writes captured `total`", both);
    }

    private Shape This() => Refused("a field of the captured this", "writes `_count` of the captured `this`", x => _count += x);

    private Shape ThisAndLocal()
    {
        var k = 3;
        return Refused("a field of the captured this beside a local", "writes `_count` of the captured `this`", x => _count = x + k);
    }

    private Shape StructOfThis() => Refused("a struct of the captured this", "writes `_point` of the captured `this`", x => _point.X = x);

    private static Shape Indirect()
    {
        var total = 0;
        void Add(int x) => total += x;
        void Twice(int x)
        {
            Add(x);
            Add(x);
        }

        return Refused("a local function of a local function", "writes captured `total`", x =>
        {
            Twice(x);
            return x;
        });
    }

    private static Shape Span()
    {
        var total = 0;
        return Refused("a span over a captured variable", "writes captured `total`", x => new Span<int>(ref total)[0] = x);
    }

    private static Shape Conditional()
    {
        var (a, b) = (1, 2);
        return Refused("a ref to one of two variables", "writes captured `b`", x => (x > 0 ? ref a : ref b) = x);
    }

    private static Shape NestedAsync()
    {
        var total = 0;
        return new("an async lambda in an async lambda", async (int x) =>
        {
            Func<Task> add = async () =>
            {
                await Task.Yield();
                total += x;
            };
            await add();
            return x;
        }, "", "writes captured `total`");
    }

    private static Shape InSwitch()
    {
        var seen = 0;
        return Refused("in one arm of a switch", "writes captured `seen`", x => x switch { 1 => 1, 2 => 2, 3 => 4, 9 => seen = 5, _ => seen });
    }

    private static Shape InCatch()
    {
        string? last = null;
        return Refused("in a handler", "writes captured `last`", x =>
        {
            try
            {
                return 1 / x;
            }
            catch (DivideByZeroException error)
            {
                last = error.Message;
                return 0;
            }
        });
    }

    private static Shape Compound()
    {
        var counts = default((int Hits, (int A, int B) More));
        return Refused("an element of a tuple in a tuple", "writes captured `counts`", x => counts.More.B += x);
    }

    private static Shape Deconstruct()
    {
        var (a, b) = (1, 2);
        return Refused("a deconstruction", "writes captured `a`", x =>
        {
            (a, b) = new Pair(x, x);
            return a + b;
        });
    }

    private static Shape Tuple()
    {
        var pair = (Low: 1, High: 2);
        return Refused("an element of a captured tuple", "writes captured `pair`", x => pair.Low = x);
    }
}
