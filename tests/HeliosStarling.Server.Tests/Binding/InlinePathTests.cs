using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Claims;
using System.Text;
using HeliosStarling.Observability;
using HeliosStarling.Testing;

namespace HeliosStarling.Binding;

/// <summary>
/// When a request runs inline, and when it gets a request object because other code needs one. The method has an inline
/// handler and an ordinary one, which report which of them ran.
/// </summary>
[Collection(TracesCollection.Name)]
public sealed class InlinePathTests : IAsyncDisposable
{
    private const string Name = "way:asked";

    private readonly Helios _server = Helios.Create();
    private readonly MockStarling _mock;

    public InlinePathTests() => _mock = new MockStarling(_server, new ClaimsPrincipal(new ClaimsIdentity([], "test")));

    /// <summary>Code that may take part in a request.</summary>
    public static TheoryData<string, Action<Helios, MethodRegistration<RequestContext>>> Others => new()
    {
        { "guard", (_, method) => method.RequireAuthorization(_ => true) },
        { "rate", (_, method) => method.LimitRate(100, TimeSpan.FromSeconds(1)) },
        { "method's filter", (_, method) => method.Use((RequestContext _, Func<ValueTask> next) => next()) },
        { "server's filter", (server, _) => server.Use((RequestContext _, Func<ValueTask> next) => next()) },
        { "validator", (_, method) => method.Validate((string _) => []) },
    };

    public static TheoryData<MethodOptions> Options =>
        new(new MethodOptions { Validator = _ => [] }, new MethodOptions { Blocking = true });

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Request_NoOtherCodeTakesPart_RunsInline()
    {
        Register();

        Assert.Equal("inline", await AskAsync());
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Request_OtherCodeIsAdded_IsARequestFromThenOn(
        string who, Action<Helios, MethodRegistration<RequestContext>> comes)
    {
        var method = Register();
        Assert.Equal("inline", await AskAsync());

        comes(_server, method);

        Assert.True(await AskAsync() == "request", who);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Request_OptionsNeedARequest_IsOne(MethodOptions options)
    {
        Register(options);

        Assert.Equal("request", await AskAsync());
    }

    [Fact]
    public async Task Request_WhileSomebodyMeasures_IsARequest()
    {
        Register();
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter == _server.Engine.Metrics.Meter && instrument.Name == "rpc.server.call.duration")
                    own.EnableMeasurementEvents(instrument);
            };
            listener.Start();
            Assert.Equal("request", await AskAsync());
        }

        Assert.Equal("inline", await AskAsync());
    }

    [Fact]
    public async Task Request_WhileSomebodyTraces_IsARequest()
    {
        Register();
        using (var listener = new ActivityListener { ShouldListenTo = source => source.Name == EngineMetrics.MeterName })
        {
            ActivitySource.AddActivityListener(listener);
            Assert.Equal("request", await AskAsync());
        }

        Assert.Equal("inline", await AskAsync());
    }

    [Fact]
    public async Task Inline_CallerIsNotLetIn_IsNotRun()
    {
        var runs = 0;
        var method = _server.Method("way:real", (string _) => ++runs);
        Assert.NotNull(EntryOf("way:real").Inline);
        method.RequireAuthorization(_ => false);

        await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<int>("way:real", "").InTime());

        Assert.Equal(0, runs);
    }

    [Fact]
    public async Task Inline_CallerOverItsRate_RunsWithinTheLimit()
    {
        var runs = 0;
        _server.Method("way:real", (string _) => ++runs).LimitRate(1, TimeSpan.FromHours(1));
        Assert.NotNull(EntryOf("way:real").Inline);

        await _mock.RequestAsync<int>("way:real", "").InTime();
        var refused = await Assert.ThrowsAsync<HeliosException>(() => _mock.RequestAsync<int>("way:real", "").InTime());

        Assert.Equal(("RATE_LIMIT_EXCEEDED", 1), (refused.Code, runs));
    }

    private MethodRegistration<RequestContext> Register(MethodOptions? options = null)
    {
        _server.Method("way:inline", (string _) => "inline");
        _server.Method("way:request", (string _, RequestContext _) => "request");
        var entry = new MethodEntry(Name, EntryOf("way:request").Handler, options ?? new MethodOptions())
        {
            Inline = EntryOf("way:inline").Inline,
            PayloadType = typeof(string),
        };
        _server.Methods.Add(entry);
        return new MethodRegistration<RequestContext>(_server.Methods, entry);
    }

    private MethodEntry EntryOf(string name) =>
        _server.Methods.TryGet(Encoding.UTF8.GetBytes(name), out var entry) ? entry : throw new ArgumentException(name);

    private async Task<string?> AskAsync() => (await _mock.RequestAsync<string>(Name, "").InTime()).Data;
}
