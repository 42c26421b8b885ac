using System.Globalization;
using System.Linq.Expressions;
using static Shoal.ClosureShapes.Shape;

namespace Shoal.ClosureShapes;

/// <summary>Functions that only read. In each method other functions capture <c>big</c> and <c>stream</c>, which must stay behind.</summary>
public sealed class ReadShapes
{
    private readonly int _own = 5;

    public static IEnumerable<Shape> All() =>
    [
        NoCapture(), StaticLambda(), OneSmallLocal(), Several(), NestedScopes(), InnerScopeOnly(), LoopVariable(), ForVariable(), LambdaInLambda(),
        LambdaInLambdaThatWritesItsOwn(), LocalFunction(), LocalFunctionByGroup(), RecursiveLocalFunction(), StaticLocalFunction(), RecursiveLambda(),
        LocalFunctionOfTwoScopes(), Async(), AsyncWithLoop(), AsyncLocalFunction(), Iterator(), AsyncIterator(), Query(), SwitchExpression(), Pattern(),
        TryCatch(), Using(), OtherDelegate(), Conditional(), Coalesce(), Interpolation(), CapturedDateTime(), CapturedTimeSpan(), CapturedIntMethods(),
        ReadonlyStruct(), ReadonlyMember(), FieldOfStruct(), RecordStruct(), NullableCapture(), TupleCapture(), InArgument(), ArrayElements(), ListChanges(),
        Generic("text"), Generic(4), GenericOfStruct(new Size(2, 3)), new ReadShapes().This(), new ReadShapes().ThisAndLocal(), new ReadShapes().MethodGroup(),
        StaticMethodGroup(), FrameworkMethodGroup(), BoundFirstArgument(), Multicast(), ExpressionTreeLetsAllEscape(), TargetLetsAllEscape(), Parameter(3), Deconstruction(),
        CachedLambdaInLoop(), Stack(), RefLocalThatReads(), Checked(), ConstrainedToString(),
        ThreeScopes(), LockOnCaptured(), ForeachOverCaptured(), GenericAsync("x"), new Owner<int>(4).InGenericClass(), new Primary(6).Parameter(), Dynamic(), NestedAsync(), LocalInLocal(), Curried(),
    ];

    private static Shape NoCapture() => Of("a lambda without captures", "", x => x + 1);

    private static Shape StaticLambda() => Of("a static lambda", "", static x => x * 2);

    private static Shape OneSmallLocal()
    {
        var (k, big, stream) = (3, new double[1000], new MemoryStream());
        Keep(() => big.Length + stream.Length);
        return Of("one small local", "k", x => x + k);
    }

    private static Shape Several()
    {
        var (a, b, big, stream) = (1, "b", new double[1000], new MemoryStream());
        Keep(() => big.Length + stream.Length);
        return Of("several locals", "a,b", x => x + a + b);
    }

    private static Shape NestedScopes()
    {
        var (outer, big, stream) = (1, new double[1000], new MemoryStream());
        Keep(() => big.Length + stream.Length);
        while (true)
        {
            var (inner, unused) = (2, new MemoryStream());
            Keep(() => unused.Length);
            return Of("locals of two scopes", "inner,outer", x => x + inner + outer);
        }
    }

    private static Shape InnerScopeOnly()
    {
        var (outer, big) = (1, new MemoryStream());
        while (true)
        {
            var inner = 2;
            Keep(() => inner + outer + big.Length);
            return Of("only the inner of two scopes", "inner", x => x + inner);
        }
    }

    private static Shape LoopVariable()
    {
        var shapes = new List<Shape>();
        foreach (var word in new[] { "a", "bb" })
            shapes.Add(Of("the variable of a foreach", "word", x => x + word.Length));
        return shapes[1];
    }

    private static Shape ForVariable()
    {
        var shapes = new List<Shape>();
        for (var i = 0; i < 2; i++)
            shapes.Add(Of("the variable of a for", "i", x => x + i));
        return shapes[0];
    }

    private static Shape LambdaInLambda()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a lambda in a lambda", "k", x => Enumerable.Range(0, 4).Select(y => x * y + k).Sum());
    }

    private static Shape LambdaInLambdaThatWritesItsOwn()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a lambda in a lambda that writes a local of the outer one", "k", x =>
        {
            var sum = 0;
            Array.ForEach([1, 2, 3], y => sum += y * k + x);
            return sum;
        });
    }

    private static Shape LocalFunction()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        int Scale(int x) => x * k;
        return Of("a lambda that calls a local function", "k", x => Scale(x) + 1);
    }

    private static Shape LocalFunctionByGroup()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        object? Scale(int x) => x * k;
        return Of("a local function itself", "k", Scale);
    }

    private static Shape RecursiveLocalFunction()
    {
        var (floor, stream) = (1, new MemoryStream());
        Keep(() => stream.Length);
        int Factorial(int n) => n <= floor ? 1 : n * Factorial(n - 1);
        return Of("a recursive local function", "floor", x => Factorial(x));
    }

    private static Shape StaticLocalFunction()
    {
        static int Twice(int x) => 2 * x;
        return Of("a static local function", "", x => Twice(x));
    }

    private static Shape RecursiveLambda()
    {
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        Func<int, int> fibonacci = null!;
        fibonacci = n => n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
        return OfAny("a recursive lambda", "fibonacci", fibonacci);
    }

    private static Shape LocalFunctionOfTwoScopes()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a local function that uses locals of the lambda and of the method", "k", x =>
        {
            var m = x + 1;
            int Both(int y) => y * m + k;
            return Both(2) + Both(3);
        });
    }

    private static Shape Async()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return OfAny("an async lambda", "k", async (int x) =>
        {
            await Task.Yield();
            return x + k;
        });
    }

    private static Shape AsyncWithLoop()
    {
        var (k, weights, stream) = (3, new[] { 1, 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return OfAny("an async lambda with a loop and a handler", "k,weights", async (int x) =>
        {
            var sum = 0;
            foreach (var weight in weights)
            {
                try
                {
                    await Task.Delay(0);
                    sum += weight * await Task.FromResult(x + k);
                }
                finally
                {
                    await Task.Yield();
                }
            }

            return sum;
        });
    }

    private static Shape AsyncLocalFunction()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        async Task<int> Add(int x)
        {
            await Task.Yield();
            return x + k;
        }

        return OfAny("a lambda that calls an async local function", "k", (int x) => Add(x));
    }

    private static Shape Iterator()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        IEnumerable<int> Items(int n)
        {
            for (var i = 0; i < n; i++)
                yield return i * k;
        }

        return Of("a lambda that runs an iterator", "k", x => Items(x).Sum());
    }

    private static Shape AsyncIterator()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        async IAsyncEnumerable<int> Items(int n)
        {
            for (var i = 0; i < n; i++)
            {
                await Task.Yield();
                yield return i * k;
            }
        }

        return OfAny("a lambda that runs an asynchronous iterator", "k", async (int x) =>
        {
            var sum = 0;
            await foreach (var item in Items(x))
                sum += item;
            return sum;
        });
    }

    private static Shape Query()
    {
        var (k, numbers, stream) = (3, new[] { 1, 2, 3 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a query", "k,numbers", x => (from n in numbers let m = n * k where m > x orderby m descending select m + n).FirstOrDefault());
    }

    private static Shape SwitchExpression()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a switch expression", "k", x => (x % 7) switch { 0 => k, 1 => 2 * k, 2 => 3 * k, 3 => 5, 4 => 6, 5 => 7, _ => k + 1 });
    }

    private static Shape Pattern()
    {
        var (value, stream) = ((object)"text", new MemoryStream());
        Keep(() => stream.Length);
        return Of("a pattern", "value", x => value is string { Length: > 2 } text ? text + x : value);
    }

    private static Shape TryCatch()
    {
        var (k, text, stream) = (3, "x", new MemoryStream());
        Keep(() => stream.Length);
        return Of("try, filter, catch and finally", "k,text", x =>
        {
            var result = 0;
            try
            {
                result = int.Parse(text, CultureInfo.InvariantCulture);
            }
            catch (FormatException) when (k > 2)
            {
                result = k;
            }
            finally
            {
                result += x;
            }

            return result;
        });
    }

    private static Shape Using()
    {
        var (bytes, stream) = (new byte[] { 1, 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a stream of its own", "bytes", x =>
        {
            using var own = new MemoryStream(bytes);
            return own.ReadByte() + x;
        });
    }

    private static Shape OtherDelegate()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        Func<int, int> scale = x => x * k;
        return Of("a captured function over the same scope, which brings its own k", "scale", x => scale(x) + 1);
    }

    private static Shape Conditional()
    {
        var (a, b, stream) = (1, 2, new MemoryStream());
        Keep(() => stream.Length);
        return Of("both sides of a condition", "a,b", x => x + (x > 3 ? a : b));
    }

    private static Shape Coalesce()
    {
        var (text, other, stream) = ((string?)null, "other", new MemoryStream());
        Keep(() => stream.Length);
        return Of("a null-coalescing expression", "other,text", x => (text ?? other) + x);
    }

    private static Shape Interpolation()
    {
        var (k, text, stream) = (3, "t", new MemoryStream());
        Keep(() => stream.Length);
        return Of("an interpolated string", "k,text", x => $"{k:000} {text} {x}");
    }

    private static Shape CapturedDateTime()
    {
        var (start, stream) = (new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc), new MemoryStream());
        Keep(() => stream.Length);
        return Of("a method of a captured DateTime", "start", x => start.AddDays(x));
    }

    private static Shape CapturedTimeSpan()
    {
        var (span, stream) = (TimeSpan.FromMinutes(3), new MemoryStream());
        Keep(() => stream.Length);
        return Of("a property of a captured TimeSpan", "span", x => span.TotalSeconds + x);
    }

    private static Shape CapturedIntMethods()
    {
        var (k, ratio, stream) = (3, 0.5m, new MemoryStream());
        Keep(() => stream.Length);
        return Of("methods of captured numbers", "k,ratio", x => k.ToString(CultureInfo.InvariantCulture) + k.CompareTo(x) + k.Equals(3) + ratio.ToString(CultureInfo.InvariantCulture));
    }

    private static Shape ReadonlyStruct()
    {
        var (size, stream) = (new Size(2, 3), new MemoryStream());
        Keep(() => stream.Length);
        return Of("a method of a captured readonly struct", "size", x => size.Area() + x);
    }

    private static Shape ReadonlyMember()
    {
        var (point, stream) = (new Point { X = 1, Y = 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a readonly member of a captured struct", "point", x => point.Sum + x);
    }

    private static Shape FieldOfStruct()
    {
        var (point, stream) = (new Point { X = 1, Y = 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a field of a captured struct", "point", x => point.X + x);
    }

    private static Shape RecordStruct()
    {
        var (pair, stream) = (new Pair(1, 2), new MemoryStream());
        Keep(() => stream.Length);
        return Of("members of a captured record struct", "pair", x => pair.Left + pair.ToString() + pair.Equals(new Pair(1, x)));
    }

    private static Shape NullableCapture()
    {
        var (maybe, stream) = ((int?)3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a captured nullable", "maybe", x => maybe.HasValue ? maybe.Value + x : maybe.GetValueOrDefault(1));
    }

    private static Shape TupleCapture()
    {
        var pair = (Low: 1, High: 9);
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return Of("a captured tuple", "pair", x => pair.Low <= x && x <= pair.High && pair.Equals((1, 9)));
    }

    private static Shape InArgument()
    {
        var (point, stream) = (new Point { X = 1, Y = 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("an `in` argument", "point", x => Total(in point) + x);
    }

    private static int Total(in Point point) => point.X + point.Y;

    private static Shape ArrayElements()
    {
        var (array, stream) = (new[] { 1, 2, 3 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("elements of a captured array, which are not captured variables", "array", x => array[0] = array[1] + x);
    }

    private static Shape ListChanges()
    {
        var (list, stream) = (new List<int> { 1 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a captured list that is added to", "list", x =>
        {
            list.Add(x);
            return list.Count;
        });
    }

    private static Shape Generic<T>(T value)
    {
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return Of($"a lambda of a generic method over {typeof(T).Name}", "value", x => new List<T> { value }.Count + value!.ToString() + x);
    }

    private static Shape GenericOfStruct<T>(T value)
        where T : struct
    {
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return Of("a lambda of a generic method over a struct of the user", "value", x => value.ToString() + x);
    }

    private Shape This() => Of("`this`", "", x => x + _own);

    private Shape ThisAndLocal()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("`this` and a local", "k,this", x => x + _own + k);
    }

    private Shape MethodGroup() => Of("a method of an object", "", Add);

    private object? Add(int x) => x + _own;

    private static Shape StaticMethodGroup() => Of("a static method", "", Half);

    private static object? Half(int x) => x / 2;

    private static Shape FrameworkMethodGroup() => OfAny("a method of the framework", "", (Func<int, int>)Math.Abs);

    private static Shape BoundFirstArgument() => OfAny("an extension method bound to its first argument", "", (Func<int, string>)"text".Times);

    private static Shape Multicast()
    {
        var (a, b, stream) = (1, 2, new MemoryStream());
        Keep(() => stream.Length);
        Func<int, object?> both = x => x + a;
        both += x => x + b;
        return Of("two functions in one", "a,b", both);
    }

    private static Shape ExpressionTreeLetsAllEscape()
    {
        var (k, big) = (3, new double[10]);
        Keep(() => big.Length);
        return Of("an expression tree, which sees the whole closure object", "big,k", x =>
        {
            Expression<Func<int, int>> tree = y => y + k;
            return tree.ToString().Length + x - x;
        });
    }

    private static Shape TargetLetsAllEscape()
    {
        var (k, big) = (3, new double[10]);
        Func<int> other = () => big.Length;
        return Of("Delegate.Target, which shows the whole closure object", "big,k,other", x => other.Target!.GetType().Name.Length + k + x);
    }

    private static Shape Parameter(int k)
    {
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return Of("a parameter", "k", x => x + k);
    }

    private static Shape Deconstruction()
    {
        var (pair, stream) = (new Pair(3, 4), new MemoryStream());
        Keep(() => stream.Length);
        return Of("a captured record struct in a comparison", "pair", x => pair == new Pair(3, x));
    }

    private static Shape CachedLambdaInLoop()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a lambda that the compiler keeps in the closure object", "k", x =>
        {
            var sum = 0;
            for (var i = 0; i < 3; i++)
                sum += new[] { 1, 2 }.Select(y => y * k).Sum() + x;
            return sum;
        });
    }

    private static Shape Stack()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("spans on the stack", "k", x =>
        {
            Span<int> numbers = stackalloc int[4];
            numbers.Fill(k);
            return numbers[0] + numbers[^1] + x;
        });
    }

    private static Shape RefLocalThatReads()
    {
        var (point, stream) = (new Point { X = 1, Y = 2 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a ref readonly local", "point", x =>
        {
            ref readonly var p = ref point;
            return p.X + x;
        });
    }

    private static Shape Checked()
    {
        var (k, stream) = (3L, new MemoryStream());
        Keep(() => stream.Length);
        return Of("checked arithmetic", "k", x => checked((int)(k * x)));
    }

    private static Shape ThreeScopes()
    {
        var (a, stream) = (1, new MemoryStream());
        Keep(() => stream.Length);
        while (true)
        {
            var (b, other) = (2, new MemoryStream());
            Keep(() => other.Length);
            while (true)
            {
                var (c, third) = (3, new MemoryStream());
                Keep(() => third.Length);
                return Of("locals of three scopes", "a,b,c", x => x + a + b + c);
            }
        }
    }

    private static Shape LockOnCaptured()
    {
        var (gate, stream) = (new object(), new MemoryStream());
        Keep(() => stream.Length);
        return Of("a lock on a captured object", "gate", x =>
        {
            lock (gate)
                return x + 1;
        });
    }

    private static Shape ForeachOverCaptured()
    {
        var (names, lengths, stream) = (new Dictionary<string, int> { ["a"] = 1 }, new List<int> { 3 }, new MemoryStream());
        Keep(() => stream.Length);
        return Of("foreach over captured collections", "lengths,names", x =>
        {
            var sum = x;
            foreach (var (_, value) in names)
                sum += value;
            foreach (var length in lengths)
                sum += length;
            return sum;
        });
    }

    private static Shape GenericAsync<T>(T value)
    {
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return OfAny("an async lambda of a generic method", "value", async (int x) =>
        {
            await Task.Yield();
            return value + "" + x;
        });
    }

    private static Shape Dynamic()
    {
        dynamic number = 5;
        var stream = new MemoryStream();
        Keep(() => stream.Length);
        return Of("a captured dynamic", "number", x => (object)(number + x));
    }

    private static Shape NestedAsync()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return OfAny("an async lambda in an async lambda that writes a local of the outer one", "k", async (int x) =>
        {
            var sum = 0;
            Func<int, Task> add = async y =>
            {
                await Task.Yield();
                sum += y * k;
            };
            await add(x);
            await add(2);
            return sum;
        });
    }

    private static Shape LocalInLocal()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        int Outer(int x)
        {
            var twice = 2 * x;
            int Inner(int y) => y + twice + k;
            return Inner(1) + Inner(2);
        }

        return Of("a local function in a local function", "k", x => Outer(x));
    }

    private static Shape Curried()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        Func<int, Func<int, int>> add = a => b => a + b + k;
        return Of("a function that a function made", "inner", new Func<Func<int, int>, Func<int, object?>>(inner => inner.Wrap())(add(10)));
    }

    private static Shape ConstrainedToString()
    {
        var (day, stream) = (DayOfWeek.Monday, new MemoryStream());
        Keep(() => stream.Length);
        return Of("ToString of a captured enum", "day", x => day.ToString() + x);
    }
}

internal sealed class Owner<T>(T value)
{
    public Shape InGenericClass()
    {
        var (k, stream) = (3, new MemoryStream());
        Keep(() => stream.Length);
        return Of("a lambda of a generic class", "k,this", x => x + k + value!.ToString());
    }
}

internal sealed class Primary(int number)
{
    public Shape Parameter() => Of("a parameter of a primary constructor", "", x => x + number);
}

internal static class Texts
{
    public static Func<int, object?> Wrap(this Func<int, int> inner) => x => inner(x);

    public static string Times(this string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
