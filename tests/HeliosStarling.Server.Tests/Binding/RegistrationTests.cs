using System.Text.Json;
using System.Text.Json.Serialization;
using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

public sealed partial class RegistrationTests : IAsyncDisposable
{
    private readonly Helios _server = Helios.Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("system:mine", "Method 'system:mine' cannot be registered: namespace 'system' is reserved. Choose another namespace.")]
    [InlineData("helios:mine", "Method 'helios:mine' cannot be registered: namespace 'helios' is reserved. Choose another namespace.")]
    [InlineData("mine", "Method name 'mine' is malformed. Use two or more segments of letters, digits and '_' joined by ':', each starting with a letter, at most 128 characters, such as 'chat:send'.")]
    public void Method_BadName_SaysTheFix(string name, string message)
    {
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => _server.Method(name, () => 1)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentException>(() => _server.Method(name, (string text, RequestContext _) => text)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Method_Twice_SaysTheFix()
    {
        _server.Method("a:b", () => 1);

        var failure = Assert.Throws<ArgumentException>(() => _server.Method("a:b", () => 2));

        Assert.StartsWith(
            "Method 'a:b' is registered already. Unregister it first, or choose another name.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unregister_Registered_CallersGetMethodNotFound()
    {
        _server.Method("a:b", () => 1);
        await using var mock = new MockStarling(_server);
        await mock.RequestAsync<int>("a:b").InTime();

        Assert.True(_server.Unregister("a:b"));
        Assert.False(_server.Unregister("a:b"));

        Assert.Equal("METHOD_NOT_FOUND", (await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<int>("a:b").InTime())).Code);
    }

    [Fact]
    public async Task Unregister_RequestRuns_IsStillAnswered()
    {
        var (started, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var registration = _server.Method("a:b", async context =>
        {
            started.SetResult();
            await gate.Task;
            return 5;
        });
        await using var mock = new MockStarling(_server);
        var request = mock.RequestAsync<int>("a:b");
        await started.Task.InTime();

        registration.Unregister();
        gate.SetResult();

        Assert.Equal(5, (await request.InTime()).Data);
    }

    [Fact]
    public void Method_NoJsonMetadata_NamesTheTypeAndTheFix()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = KnownTypes.Default };
        json.MakeReadOnly();
        var server = Helios.Create(options => options.Json = json);
        server.Method("known:type", (Known known, RequestContext _) => known);

        var failure = Assert.Throws<InvalidOperationException>(() => server.Method("un:known", (Unknown _, RequestContext _) => 1));

        Assert.Equal(
            $"Method 'un:known': parameter '_': No JSON metadata for type '{typeof(Unknown)}'. Add [JsonSerializable(typeof(Unknown))] to a JsonSerializerContext and that context to Json.TypeInfoResolverChain of the options.", failure.Message);
        Assert.False(server.Methods.Contains("un:known"));
    }

    [Fact]
    public void On_NoJsonMetadata_Throws()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = KnownTypes.Default };
        json.MakeReadOnly();

        Assert.Throws<InvalidOperationException>(
            () => Helios.Create(options => options.Json = json).On("a:b", (Unknown _, TopicContext _) => { }));
    }

    [Fact]
    public async Task SystemMethods_SomePrivate_ListsTheOthersWithTheirMetadata()
    {
        _server.Method("b:public", () => 1, new() { Timeout = TimeSpan.FromSeconds(2), Metadata = new { Says = "one" } });
        _server.Method("a:public", () => 1);
        _server.Method("a:private", () => 1, new() { Private = true });
        await using var mock = new MockStarling(_server);

        var listed = await mock.RequestAsync<JsonElement>("system:methods").InTime();

        Assert.Equal(
            """[{"name":"a:public","timeout":30000},{"name":"b:public","timeout":2000,"metadata":{"says":"one"}}]""",
            listed.Data.GetRawText());
    }

    internal sealed record Known(int Value);

    internal sealed record Unknown(int Value);

    [JsonSerializable(typeof(Known))]
    private sealed partial class KnownTypes : JsonSerializerContext;
}
