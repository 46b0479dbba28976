using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Observability;

[Collection(TracesCollection.Name)]
public sealed class RequestSpanTests : IDisposable
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly SpanProbe _spans = new();
    private readonly Peer _peer;
    private readonly RecordingConnection _connection;

    public RequestSpanTests()
    {
        _peer = new Peer(_time);
        _connection = _peer.Record();
    }

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task Request_WithAContext_IsServedUnderIt()
    {
        var (gate, seen) = (new TaskCompletionSource(), new List<Activity?>());
        _peer.Method("a:b", async _ =>
        {
            seen.Add(Activity.Current);
            await gate.Task;
            seen.Add(Activity.Current);
        });
        var id = _peer.Session.ReceiveRequest("a:b", "secret", metadata: new { mine = 1, traceparent = Parent, tracestate = "a=1" });
        _time.Advance(TimeSpan.FromSeconds(2));
        gate.SetResult();
        await Eventually.TrueAsync(() => _connection.Sent.Count == 1);

        var span = _spans.Single;
        Assert.Equal((Parent, "a=1"), (span.ParentId, span.TraceStateString));
        Assert.Equal(("a:b", ActivityKind.Server, ActivityStatusCode.Unset), (span.OperationName, span.Kind, span.Status));
        Assert.Equal((_time.GetUtcNow().AddSeconds(-2).UtcDateTime, TimeSpan.FromSeconds(2)), (span.StartTimeUtc, span.Duration));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["rpc.system.name"] = "helios",
                ["rpc.method"] = "a:b",
                ["helios.request.id"] = id.ToString(),
                ["rpc.response.status_code"] = "OK",
            },
            span.TagObjects.ToDictionary());
        Assert.Equal([span, span], seen);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Request_WithoutContext_BelongsToNobody()
    {
        _peer.Method("a:b", _ => default);
        using var readersOwn = new Activity("reader").Start();

        _peer.Session.ReceiveRequest("a:b", metadata: new { traceparent = "nonsense" });
        _peer.Session.ReceiveRequest("a:b");

        Assert.Same(readersOwn, Activity.Current);
        Assert.All(_spans.Ended, span => Assert.Null(span.ParentId));
        Assert.Equal(2, _spans.Ended.Select(span => span.TraceId).Distinct().Count());
    }

    [Theory]
    [InlineData("a:no", "APP_NO")]
    [InlineData("a:throws", "METHOD_ERROR")]
    [InlineData("a:never", "REQUEST_TIMEOUT")]
    public void Request_Fails_SpanSaysSoWithoutTheText(string method, string code)
    {
        _peer.Method("a:no", _ => throw new HeliosException("APP_NO", "secret"));
        _peer.Method("a:throws", _ => throw new InvalidOperationException("secret"));
        _peer.Method("a:never", _ => new ValueTask(new TaskCompletionSource().Task));

        _peer.Session.ReceiveRequest(method);
        _time.Advance(TimeSpan.FromMinutes(1));

        var span = _spans.Single;
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
        Assert.Equal((code, code), (span.GetTagItem("error.type"), span.GetTagItem("rpc.response.status_code")));
        Assert.DoesNotContain("secret", string.Join(' ', span.TagObjects), StringComparison.Ordinal);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Request_SessionEnds_SpanEndsToo()
    {
        _peer.Method("a:never", _ => new ValueTask(new TaskCompletionSource().Task));
        _peer.Session.ReceiveRequest("a:never");

        _peer.Session.Close();

        Assert.Equal("CONNECTION_CLOSED", _spans.Single.GetTagItem("error.type"));
    }

    [Fact]
    public void Request_OfAnUnknownMethod_IsNamedOther()
    {
        _peer.Session.ReceiveRequest("no:such", metadata: new { traceparent = Parent });
        Assert.Equal(
            ("_OTHER", "METHOD_NOT_FOUND", Parent),
            (_spans.Single.OperationName, _spans.Single.GetTagItem("error.type"), _spans.Single.ParentId));
    }

    [Fact]
    public async Task Request_ToAPeer_IsOneTraceAcrossBoth()
    {
        var (caller, callee) = Peer.Pair();
        var metadata = default(string);
        callee.Method("a:b", context =>
        {
            metadata = context.Metadata.GetRawText();
            return default;
        });
        using var application = new Activity("application").Start();

        var answer = caller.Request<object?>("a:b", options: new RequestOptions { Metadata = new { mine = 1 } });
        Assert.Same(application, Activity.Current);
        await answer;

        var (asked, served) = (_spans.Of(ActivityKind.Client), _spans.Of(ActivityKind.Server));
        Assert.Equal((application.SpanId, application.TraceId), (asked.ParentSpanId, asked.TraceId));
        Assert.Equal((asked.SpanId, application.TraceId), (served.ParentSpanId, served.TraceId));
        Assert.Equal($$"""{"traceparent":"{{asked.Id}}","mine":1}""", metadata);
    }

    [Fact]
    public async Task Request_ThePeerFails_SpanOfTheCallerHasTheCode()
    {
        var (caller, callee) = Peer.Pair();
        callee.Method("a:b", _ => throw new HeliosException("APP_NO", "no"));

        await Assert.ThrowsAsync<HeliosException>(async () => await caller.Request<int>("a:b"));

        var asked = _spans.Of(ActivityKind.Client);
        Assert.Equal((ActivityStatusCode.Error, "APP_NO"), (asked.Status, asked.GetTagItem("error.type")));
    }

    [Fact]
    public void Request_NotSampled_StillCarriesTheContextOfTheApplication()
    {
        _spans.Dispose();
        using var none = new SpanProbe(ActivitySamplingResult.None);
        using var application = new Activity("application").Start();

        _ = _peer.Request<int>("a:b");

        Assert.Equal(application.Id, _connection.Single.GetProperty("metadata").GetProperty("traceparent").GetString());
    }
}
