using System.Text;
using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Isolation;

/// <summary>
/// A handler starts code that reads its context while the handler ends and other requests arrive. It must read its own request,
/// never another client's and never a mixture.
/// </summary>
public sealed class RacingReadTests : IAsyncDisposable
{
    private const int Requests = 3_000;
    private const int InFlight = 16;
    private const int ReadsEach = 12;

    private readonly Helios _server = Helios.Create();
    private readonly MockStarling[] _mocks;
    private Func<RequestContextBase, string?> _read = static _ => null;
    private int _reading;
    private volatile string? _fault;

    public RacingReadTests() => _mocks = [new(_server, setup: Answer), new(_server, setup: Answer)];

    public static TheoryData<string, Func<RequestContextBase, string?>> Reads => new()
    {
        { "element", context => context.Payload.Element.GetString() },
        { "typed", context => context.Payload.Read<string>() },
        { "raw", context => Encoding.UTF8.GetString(context.Payload.Utf8.Span).Trim('"') },
        { "metadata", context => context.Metadata.GetProperty("secret").GetString() },
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var mock in _mocks) await mock.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Server_HandlerEndsWhileItsContextIsRead_ShowsItsOwnRequest(string what, Func<RequestContextBase, string?> read)
    {
        _server.Method("race:read", (RequestContext context) => LeaveReaderAsync(context, read));

        await RunAsync((client, secret) =>
            client.Client.Request<JsonElement>("race:read", secret, new RequestOptions { Metadata = new { secret } }).Answer);

        Assert.True(_fault is null, $"{what}: {_fault}");
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Client_HandlerEndsWhileItsContextIsRead_ShowsItsOwnRequest(string what, Func<RequestContextBase, string?> read)
    {
        _read = read;

        await RunAsync((client, secret) =>
            client.Starling.Request<JsonElement>("race:read", secret, new RequestOptions { Metadata = new { secret } }).Answer);

        Assert.True(_fault is null, $"{what}: {_fault}");
    }

    private void Answer(StarlingClient client) =>
        client.Method("race:read", (ClientRequestContext context) => LeaveReaderAsync(context, _read));

    private async ValueTask LeaveReaderAsync(RequestContextBase context, Func<RequestContextBase, string?> read)
    {
        var secret = context.Payload.Read<string>()!;
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Increment(ref _reading);
        _ = Task.Run(() =>
        {
            reads.SetResult();
            for (var i = 0; i < ReadsEach && _fault is null; i++) Check(secret, () => read(context));
            Interlocked.Decrement(ref _reading);
        });
        // The handler ends during the reads.
        await reads.Task;
    }

    private void Check(string secret, Func<string?> read)
    {
        try
        {
            if (read() is var shown && shown != secret)
                _fault ??= $"The request of {secret[..20]} showed {shown?[..Math.Min(20, shown.Length)]}.";
        }
        catch (Exception exception)
        {
            _fault ??= $"The request of {secret[..20]} failed with {exception.GetType().Name}: {exception.Message}";
        }
    }

    private async Task RunAsync(Func<MockStarling, string, Task> ask)
    {
        var open = new Queue<Task>();
        for (var i = 0; i < Requests && _fault is null; i++)
        {
            open.Enqueue(ask(_mocks[i % 2], $"secret {i} {new string((char)('a' + (i % 26)), 4_000)}"));
            if (open.Count >= InFlight) await open.Dequeue().InTime();
        }
        await Task.WhenAll(open).InTime();
        await Eventually.TrueAsync(() => Volatile.Read(ref _reading) == 0);
    }
}
