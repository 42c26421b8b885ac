using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;

namespace Shoal.Tests.Wire;

/// <summary>What the caller catches is what the loop would have thrown.</summary>
public class WireErrorTests
{
    [Fact]
    public void The_type_can_be_caught()
    {
        var caught = false;
        try
        {
            throw Trip.OfError(Thrown(() => int.Parse("x", CultureInfo.InvariantCulture)));
        }
        catch (FormatException error)
        {
            caught = true;
            error.Message.ShouldContain("'x'");
        }

        caught.ShouldBeTrue();
    }

    [Fact]
    [Trait("Behaviour", "32")]
    public void The_stack_of_the_worker_is_shown_once_and_survives_the_rethrow()
    {
        var copy = Trip.OfError(Thrown(Deeper));

        var rethrown = Thrown(() => throw copy);

        rethrown.ShouldBeSameAs(copy);
        rethrown.ToString().ShouldContain(nameof(Deeper));
        rethrown.ToString().ShouldContain("WireErrorTests.cs:line");
        Occurrences(rethrown.ToString(), nameof(Deeper)).ShouldBe(1);
    }

    [Fact]
    public void A_second_hop_keeps_the_first_stack()
    {
        var second = Trip.OfError(Trip.OfError(Thrown(Deeper)));

        Occurrences(second.ToString(), nameof(Deeper)).ShouldBe(1);
    }

    [Fact]
    [Trait("Behaviour", "32")]
    public void Message_data_codes_and_inner_exceptions_are_kept()
    {
        var error = Thrown(() => throw new InvalidOperationException("outer", new ArgumentOutOfRangeException("p", 5, "inner")) { HResult = 77, HelpLink = "help", Source = "me" });
        error.Data["row"] = 3;
        error.Data["list"] = new List<int> { 1, 2 };

        var copy = Trip.OfError(error);

        copy.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("outer");
        (copy.HResult, copy.HelpLink, copy.Source).ShouldBe((77, "help", "me"));
        copy.Data["row"].ShouldBe(3);
        ((List<int>)copy.Data["list"]!).ShouldBe([1, 2]);
        var inner = copy.InnerException.ShouldBeOfType<ArgumentOutOfRangeException>();
        (inner.ParamName, inner.ActualValue, inner.Message).ShouldBe(("p", 5, error.InnerException!.Message));
    }

    [Fact]
    public void All_inner_exceptions_of_an_aggregate_are_kept()
    {
        var aggregate = new AggregateException("all", Thrown(Deeper), new FormatException("f"), new AggregateException(new TimeoutException()));

        var copy = Trip.OfError(aggregate).ShouldBeOfType<AggregateException>();

        copy.Message.ShouldBe(aggregate.Message);
        copy.InnerExceptions.Select(e => e.GetType()).ShouldBe(aggregate.InnerExceptions.Select(e => e.GetType()));
        copy.InnerException.ShouldBeSameAs(copy.InnerExceptions[0]);
        copy.Flatten().InnerExceptions.Count.ShouldBe(3);
        copy.InnerExceptions[0].StackTrace!.ShouldContain(nameof(Deeper));
    }

    [Fact]
    public void Own_fields_are_kept_and_those_that_cannot_travel_are_dropped()
    {
        var error = new OddException(3, new MemoryStream()) { Helper = new Node(4), Callback = () => 5 };
        error.Data["stream"] = new MemoryStream();
        error.Data["good"] = "yes";

        var copy = Trip.OfError(error).ShouldBeOfType<OddException>();

        (copy.Number, copy.Helper!.Secret, copy.File, copy.Callback!()).ShouldBe((3, 4, null, 5));
        copy.Message.ShouldBe("odd 3");
        copy.Data.Keys.Cast<string>().ShouldBe(["good"]);
    }

    [Fact]
    public void An_exception_that_leads_back_to_itself_travels()
    {
        var error = new OddException(1, null);
        error.Helper = new Node(2) { Any = error };

        var copy = (OddException)Trip.OfError(error);

        copy.Helper!.Any.ShouldBeSameAs(copy);
    }

    [Fact]
    public void A_field_that_shares_an_object_with_a_dropped_one_is_whole()
    {
        var shared = new Node(7);
        var error = new SharingException { Bad = new object[] { shared, new MemoryStream() }, Good = shared, Again = shared };

        var copy = (SharingException)Trip.OfError(error);

        copy.Bad.ShouldBeNull();
        copy.Good!.Secret.ShouldBe(7);
        copy.Again.ShouldBeSameAs(copy.Good);
    }

    [Fact]
    [Trait("Behaviour", "9")]
    public void What_cannot_be_named_becomes_a_remote_exception()
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("MadeErrors"), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("MadeErrors").DefineType("MadeErrors.Odd", TypeAttributes.Public, typeof(FormatException)).CreateType();
        var error = Thrown(() => throw (Exception)Activator.CreateInstance(type)!);

        var copy = Trip.OfError(error).ShouldBeOfType<RemoteException>();

        (copy.TypeName, copy.Message).ShouldBe(("MadeErrors.Odd", error.Message));
        copy.RemoteStackTrace.ShouldContain(nameof(What_cannot_be_named_becomes_a_remote_exception));
        copy.ToString().ShouldStartWith($"Shoal.RemoteException (MadeErrors.Odd): {error.Message}");
        copy.ToString().ShouldContain(nameof(What_cannot_be_named_becomes_a_remote_exception));
        var outer = Trip.OfError(new AggregateException(new TimeoutException(), error)).ShouldBeOfType<AggregateException>();
        outer.InnerExceptions[1].ShouldBeOfType<RemoteException>().TypeName.ShouldBe("MadeErrors.Odd");
    }

    [Fact]
    public void Members_that_throw_do_not_stop_the_report()
    {
        var copy = Trip.OfError(new HostileException());

        copy.ShouldBeOfType<HostileException>();
    }

    [Fact]
    public void Cancellation_stays_cancellation()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Trip.OfError(new TaskCanceledException("m", null, source.Token)).ShouldBeOfType<TaskCanceledException>();
        Trip.OfError(new OperationCanceledException("m", source.Token)).Message.ShouldBe("m");
    }

    [Fact]
    public void Framework_exceptions_of_all_sorts_keep_their_type_and_message()
    {
        Exception[] errors =
        [
            new KeyNotFoundException("k"), new FileNotFoundException("f", "name.txt"), new ObjectDisposedException("o"), new NotFiniteNumberException("n", 3.5),
            new System.Net.Sockets.SocketException(104), new HttpRequestException("h"), new System.Text.DecoderFallbackException("d", [1, 2], 1), new BadImageFormatException("b", "x.dll"),
            new TypeInitializationException("T", new FormatException()), new TargetInvocationException(new FormatException()), new System.ComponentModel.Win32Exception(2),
            new System.Text.Json.JsonException("j", "$.a", 3, 4), new MissingMethodException("C", "M"),
            new ReflectionTypeLoadException([typeof(int), null], [null, new FormatException()]), new UriFormatException("u"), new Xunit.Sdk.XunitException("x"), new ShouldAssertException("s"),
        ];

        foreach (var error in errors)
        {
            var copy = Trip.OfError(error);
            copy.GetType().ShouldBe(error.GetType());
            copy.Message.ShouldBe(error.Message);
            copy.ToString().ShouldBe(error.ToString());
        }

        ((FileNotFoundException)Trip.OfError(errors[1])).FileName.ShouldBe("name.txt");
        ((NotFiniteNumberException)Trip.OfError(errors[3])).OffendingNumber.ShouldBe(3.5);
    }

    private static void Deeper() => throw new InvalidOperationException("deep");

    private static Exception Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            return error;
        }

        throw new InvalidOperationException("nothing was thrown");
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    private sealed class OddException(int number, Stream? file) : Exception
    {
        public int Number => number;

        public Stream? File => file;

        public Node? Helper { get; set; }

        public Func<int>? Callback { get; set; }

        public override string Message => $"odd {number}";
    }

    private sealed class SharingException : Exception
    {
        public object? Bad { get; set; }

        public Node? Good { get; set; }

        public Node? Again { get; set; }
    }

    private sealed class HostileException : Exception
    {
        public override string Message => throw new FormatException();

        public override string? StackTrace => throw new FormatException();

        public override IDictionary Data => throw new FormatException();
    }
}
