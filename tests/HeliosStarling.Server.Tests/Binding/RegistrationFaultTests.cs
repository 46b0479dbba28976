using System.Text.Json;
using System.Text.Json.Serialization;
using HeliosStarling.Testing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Binding;

/// <summary>Mistakes that fail at registration instead of at each request, and their messages.</summary>
public sealed class RegistrationFaultTests : IAsyncLifetime
{
    private readonly Helios _server = Helios.Create(
        services: new ServiceCollection().AddSingleton<Clock>().AddKeyedSingleton<Clock>("utc").BuildServiceProvider());
    private readonly Helios _alone = Helios.Create();

    private interface IStore;

    [JsonDerivedType(typeof(Circle), "circle")]
    private abstract record Shape;

    private sealed record Circle : Shape;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _alone.DisposeAsync();
    }

    [Fact]
    public void Method_TakesAServiceThatIsNotRegistered_IsRefusedAndSaysWhatToDo()
    {
        const string expected = "Method 'a:b': parameter 'store': It is a service, and no 'IStore' is registered. Register it, or declare the parameter as 'IStore?' to be given null.";

        Assert.All([_server, _alone], server => Assert.All<Action>(
            [
                () => server.Method("a:b", ([FromServices] IStore store) => 1),
                () => server.Method("a:b", (int number, [FromServices] IStore store) => number),
                () => server.Method("a:b", ([FromServices] IStore store, RequestContext _) => 1),
                () => server.Method<IStore, int>("a:b", ([FromServices] store) => 1),
            ],
            register => Assert.Equal(expected, Assert.Throws<InvalidOperationException>(register).Message)));
        Assert.False(_server.Methods.Contains("a:b"));
    }

    [Fact]
    public void Method_TakesAKeyedServiceThatIsNotRegistered_IsRefused()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => _server.Method("a:b", ([FromKeyedServices("local")] Clock clock) => 1));

        Assert.Contains("no 'Clock' with the key 'local' is registered", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Method_TakesAnOptionalServiceThatIsNotRegistered_IsGivenNull()
    {
        _server.Method("a:b", ([FromServices] IStore? store) => store is null);
        _server.Method("a:c", ([FromServices] IStore? store, RequestContext _) => store is null);
        _server.Method("a:d", ([FromKeyedServices("local")] Clock? clock) => clock is null);
        _server.Method("a:e", (int number, [FromServices] IStore? store = null) => store is null);
        await using var mock = new MockStarling(_server);

        foreach (var method in (string[])["a:b", "a:c", "a:d", "a:e"])
            Assert.True((await mock.RequestAsync<bool>(method, 1).InTime()).Data, method);
    }

    [Fact]
    public async Task Method_TakesServicesThatAreRegistered_IsGivenThem()
    {
        _server.Method(
            "a:b", ([FromServices] Clock? clock, [FromKeyedServices("utc")] Clock utc, Clock plain) => clock == plain && utc != plain);
        await using var mock = new MockStarling(_server);

        Assert.True((await mock.RequestAsync<bool>("a:b").InTime()).Data);
    }

    [Fact]
    public void Tuple_AsPayloadOrResult_IsRefusedAndSaysWhatToDo()
    {
        Assert.All<(string Place, Action Register)>(
            [
                ("Method 'a:b': parameter 'pair'", () => _server.Method("a:b", ((int, int) pair) => pair.Item1)),
                ("Method 'a:b': parameter 'pair'", () => _server.Method("a:b", ((int, int)? pair) => 1)),
                ("Method 'a:b': parameter 'pair'", () => _server.Method("a:b", ((int, int) pair, RequestContext _) => pair.Item1)),
                ("Method 'a:b': parameter 'pair'", () => _server.Method("a:b", (string text, (int, int) pair) => pair.Item1)),
                ("Method 'a:b': the result", () => _server.Method("a:b", (int number) => (number, number))),
                ("Method 'a:b': the result", () => _server.Method("a:b", (int number, RequestContext _) => (number, number))),
                ("Method 'a:b': parameter 'pairs'", () => _server.Method("a:b", (List<(int, int)> pairs) => pairs.Count)),
                ("Method 'a:b': parameter 'move'", () => _server.Method("a:b", (Move move) => 1)),
                ("Topic 'a:b': parameter 'pair'", () => _server.On("a:b", ((int, int) pair, TopicContext _) => { })),
                ("Topic 'a:*': parameter 'pair'", () => _server.On("a:*", ((int, int) pair) => { })),
            ],
            fault => Assert.StartsWith(
                $"{fault.Place}: The tuple '(Int32, Int32)' cannot be serialized",
                Assert.Throws<InvalidOperationException>(fault.Register).Message,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Payload_IsAnInterfaceOrAbstract_IsRefusedAndSaysWhatToDo()
    {
        Assert.All<(string Place, string Name, Action Register)>(
            [
                ("Method", "IStore", () => _server.Method("a:b", (IStore store) => 1)),
                ("Method", "IStore", () => _alone.Method("a:b", (IStore store, RequestContext _) => 1)),
                ("Method", "Stream", () => _server.Method("a:b", (Stream store) => 1)),
                ("Topic", "IStore", () => _server.On("a:b", (IStore store, TopicContext _) => { })),
            ],
            fault => Assert.StartsWith(
                $"{fault.Place} 'a:b': parameter 'store': '{fault.Name}' cannot be read from JSON: it is an interface or an abstract class. If it is a service, register it", Assert.Throws<InvalidOperationException>(fault.Register).Message, StringComparison.Ordinal));
        Assert.False(_server.Methods.Contains("a:b"));
    }

    [Fact]
    public void Payload_IsAClassWhoseConstructorTakesAService_IsRefusedAndSaysWhatToDo()
    {
        Assert.All<(string Place, Action Register)>(
            [
                ("Method 'a:b': parameter 'orders'", () => _alone.Method("a:b", (Orders orders) => orders.Count())),
                ("Method 'a:b': parameter 'orders'", () => _alone.Method("a:b", (Orders orders, RequestContext _) => orders.Count())),
                ("Topic 'a:b': parameter 'orders'", () => _alone.On("a:b", (Orders orders) => { })),
                ("Topic 'a:b': parameter 'orders'", () => _alone.On("a:b", (Orders orders, TopicContext _) => { })),
            ],
            fault => Assert.StartsWith(
                $"{fault.Place}: 'Orders' cannot be read from JSON: its constructor takes 'store', which is not a member that JSON can set. If it is a service, register it before the handler",
                Assert.Throws<InvalidOperationException>(fault.Register).Message,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Payload_IsAClassWhoseConstructorSetsItsMembers_IsTaken()
    {
        _alone.Method("a:b", (Note note) => note.Text);
        _alone.Method("a:c", (Point point) => point.X);

        Assert.All((string[])["a:b", "a:c"], method => Assert.True(_alone.Methods.Contains(method)));
    }

    [Fact]
    public async Task Registrations_WhenTheServerHasStopped_Throw()
    {
        await _server.DisposeAsync();

        Assert.All<Action>(
            [
                () => _server.Method("a:b", () => 1),
                () => _server.Method("a:b", (int _, RequestContext _) => 1),
                () => _server.On("a:b", (int _, TopicContext _) => { }),
                () => _server.On("a:b", () => { }),
                () => _server.OnText(_ => { }),
                () => _server.OnJson(_ => { }),
                () => _server.OnBinary(_ => { }),
                () => _server.OnError(_ => { }),
                () => _server.OnConnection(_ => { }),
                () => _server.OnDisconnection((_, _) => { }),
                () => _server.OnRecovery(_ => { }),
                () => _server.OnRenew((_, _, _) => default),
                () => _server.Use((_, next) => next()),
                () => _server.UseNotification((_, next) => next()),
                () => _server.UseConnection((_, next) => next()),
                () => _server.UseUpgrade((_, next) => next()),
                () => _server.Events.On("starling:*", _ => { }),
            ],
            register => Assert.StartsWith(
                "The server has stopped, so that no handler would be called any more. Create another one.",
                Assert.Throws<ObjectDisposedException>(register).Message,
                StringComparison.Ordinal));
    }

    [Fact]
    public void Payload_IsAbstractAndCanBeRead_IsTaken()
    {
        _server.Method("a:b", (IReadOnlyList<int> numbers) => numbers.Count);
        _server.Method("a:c", (IDictionary<string, int> numbers) => numbers.Count);
        _server.Method("a:d", (System.Text.Json.Nodes.JsonNode node) => 1);
        _server.Method("a:e", (Shape shape) => 1);
        _server.Method("a:f", (IStore? store) => store is null);

        Assert.All((string[])["a:b", "a:c", "a:d", "a:e", "a:f"], method => Assert.True(_server.Methods.Contains(method)));
    }

    [Fact]
    public async Task Tuple_AsDataThatIsSent_IsRefused()
    {
        await using var mock = new MockStarling(_server);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await mock.NotifyAsync("a:b", (1, 2)));
        Assert.Throws<InvalidOperationException>(() => mock.Request<int>("a:b", (1, 2)));
        Assert.Throws<InvalidOperationException>(() => mock.Request<(int, int)>("a:b"));
    }

    [Fact]
    public async Task Tuple_WhereFieldsTravel_IsRead()
    {
        await using var server = Helios.Create(options => options.Json.IncludeFields = true);
        server.Method("a:b", ((int, int) pair) => pair.Item1 + pair.Item2);
        await using var mock = new MockStarling(server);

        Assert.Equal(3, (await mock.RequestAsync<int>("a:b", (1, 2)).InTime()).Data);
    }

    [Fact]
    public async Task Messages_OfRegistration_NameNoParametersOfTheLibrary()
    {
        _server.Method("a:b", (int number) => number);
        await using var mock = new MockStarling(_server);

        Assert.All<Action>(
            [
                () => _server.Method("a:b", (int number) => number),
                () => _server.Method("a", (int number) => number),
                () => _server.Method("system:x", (int number) => number),
                () => _server.Method("a:c", (int number) => number, new MethodOptions { Timeout = TimeSpan.Zero }),
                () => _server.Methods.Unregister("system:ping"),
                () => _server.On("a::b", (int _, TopicContext _) => { }),
                () => mock.Request<int>("a"),
                () => _ = mock.NotifyAsync("a:*", 1).AsTask(),
                () => _ = mock.Starling.NotifyAsync("connection:x", 1).AsTask(),
            ],
            act => Assert.DoesNotContain("(Parameter", Record.Exception(act)!.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"count":1}""", "$", "Required members are missing: 'text'.")]
    [InlineData("""{"text":null}""", "$.text", "A value is required.")]
    [InlineData("""{"text":"x","count":"one"}""", "$.count", "The value cannot be read as what is expected here.")]
    [InlineData("""[1]""", "$", "The value cannot be read as what is expected here.")]
    [InlineData(
        """{"text":"x","inner":{"when":"never"}}""",
        "$.inner.when",
        "The value must be a date and time, such as \"2026-01-31T12:00:00Z\".")]
    [InlineData(
        """{"text":"x","inner":{"numbers":[1,"two"]}}""",
        "$.inner.numbers[1]",
        "The value must be a whole number in the range of its member.")]
    [InlineData("""{"text":"x","inner":{"sizes":5}}""", "$.inner.sizes", "The value must be an object.")]
    [InlineData("""{"text":"x","color":"no"}""", "$.color", "Colors are red or blue.")]
    public async Task Payload_CannotBeRead_IsToldWithoutNamesOfTypes(string payload, string path, string message)
    {
        _server.Method("a:b", (Note note) => note.Text);
        await using var mock = new MockStarling(_server);

        var failure = await Assert.ThrowsAsync<HeliosException>(
            () => mock.RequestAsync<string>("a:b", JsonElement.Parse(payload)).InTime());

        var error = Assert.Single(((JsonElement)failure.Details!).GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal((path, message), (error.GetProperty("path").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task AnonymousType_WithoutMetadata_IsNotSuggested()
    {
        var json = new JsonSerializerOptions { TypeInfoResolver = System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine() };
        json.MakeReadOnly();
        await using var strict = Helios.Create(options => options.Json = json);

        var fault = Assert.Throws<InvalidOperationException>(() => strict.Engine.TypeInfo(new { Text = "x" }.GetType()));

        Assert.DoesNotContain("<>", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Use a record", fault.Message, StringComparison.Ordinal);
    }

    private sealed class Clock;

    private sealed class Orders(IStore store)
    {
        public int Count() => store.GetHashCode();
    }

    private sealed class Point(int x, int y)
    {
        public int X => x;

        public int Y => y;
    }

    private sealed record Move((int, int) To);

    private sealed record Note(
        string Text, int Count = 0, Inner? Inner = null, [property: JsonConverter(typeof(ColorConverter))] string Color = "red");

    private sealed class Inner
    {
        public DateTime When { get; set; }

        public List<int> Numbers { get; set; } = [];

        public Dictionary<string, int> Sizes { get; set; } = [];
    }

    private sealed class ColorConverter : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("Colors are red or blue.");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
