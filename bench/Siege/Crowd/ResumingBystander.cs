using System.Diagnostics;
using System.Text.Json;

namespace HeliosStarling.Siege;

/// <summary>
/// Is cut off in the middle of a request, stays away for a while and comes back: to its own starling, with its data, its group, the answer
/// and every broadcast.
/// </summary>
/// <param name="port">The server's.</param>
/// <param name="random">How it goes and for how long.</param>
/// <param name="patience">How long the server waits for it. Away for more than half of that, it does not expect its starling any
/// more.</param>
internal sealed class ResumingBystander(int port, Random random, TimeSpan patience) : Bystander(port, "resume")
{
    private readonly string _key = $"key of {Guid.NewGuid()}";
    private readonly HashSet<Guid> _answered = [];
    private RawConnection? _connection;
    private string? _token;
    private string? _epoch;
    private string? _id;
    private long _received;
    private long _attempt;
    private long _lastNews;

    /// <summary>How often it came back too late to ask for its starling, because this machine was busy.</summary>
    public int Late { get; private set; }

    protected override Task BeginAsync() => StartAgainAsync();

    protected override async Task ServeAsync()
    {
        var id = Guid.NewGuid();
        await _connection!.SendAsync(Frames.Request(id, "siege:wait", $"{random.Next(1, 50)}"));
        // When this one is answered, the server has counted the other, and will answer it once.
        await AskAsync("siege:kept", $"\"{_key}\"", _key, alsoOpen: null);
        if (random.Next(2) == 0) _connection.Reset();
        else _connection.Dispose();
        var since = Stopwatch.GetTimestamp();
        await Task.Delay(random.Next(200));
        if (await TryReturnAsync(since)) await AskAsync("siege:kept", $"\"{_key}\"", _key, alsoOpen: _answered.Contains(id) ? null : id);
        _answered.Clear();
    }

    protected override void End() => _connection?.Dispose();

    private async Task StartAgainAsync()
    {
        (_token, _epoch, _received, _lastNews) = (null, null, 0, 0);
        _connection = await RawConnection.ConnectAsync(Port, $"?resume=1&instance=bystander&attempt={++_attempt}");
        var welcome = await WelcomeAsync();
        (_epoch, _id) = (welcome.GetProperty("epoch").GetString(), welcome.GetProperty("starlingId").GetString());
        await AskAsync("siege:keep", $"\"{_key}\"", null, alsoOpen: null);
        await AskAsync("siege:join", $"\"{Fortress.Group}\"", null, alsoOpen: null);
    }

    /// <summary>Comes back to its starling; false when it is too late, and it starts again.</summary>
    private async Task<bool> TryReturnAsync(long since)
    {
        _connection = await RawConnection.ConnectAsync(
            Port, $"?recover={_token}&resume=1&epoch={_epoch}&received={_received}&instance=bystander&attempt={++_attempt}");
        var welcome = await WelcomeAsync();
        if (Stopwatch.GetElapsedTime(since) > patience / 2)
        {
            Late++;
            _connection.Dispose();
            await StartAgainAsync();
            return false;
        }
        Expect(_id, welcome.GetProperty("starlingId").GetString(), "the starling");
        Expect(_epoch, welcome.GetProperty("epoch").GetString(), "the epoch");
        Expect(true, welcome.TryGetProperty("resumed", out var resumed) && resumed.GetBoolean(), "resumed");
        return true;
    }

    private async Task<JsonElement> WelcomeAsync()
    {
        var welcome = (await ReceiveAsync(_connection!)).GetProperty("notification").GetProperty("data").Clone();
        _token = welcome.GetProperty("token").GetString();
        return welcome;
    }

    /// <summary>Asks, and takes all that comes up to the answer, and to the answer of another open request.</summary>
    private async Task AskAsync(string method, string payload, string? expected, Guid? alsoOpen)
    {
        var id = Guid.NewGuid();
        await _connection!.SendAsync(Frames.Request(id, method, payload));
        for (var isOpen = true; isOpen || alsoOpen is not null;)
        {
            var message = await ReceiveAsync(_connection);
            if (message.GetProperty("type").GetString() == "ack") continue;
            _received++;
            if (_received % 32 == 0) await _connection.SendAsync(Frames.Ack(_received));
            if (message.TryGetProperty("notification", out var notification)) TakeNotification(notification);
            else if (message.GetProperty("type").GetString() != "response") Fail($"got {message}");
            else if (TakeAnswer(message) is var answered && answered == id) isOpen = Finish(message, expected);
            else if (answered == alsoOpen) alsoOpen = null;
            else _answered.Add(answered);
        }
    }

    private bool Finish(JsonElement answer, string? expected)
    {
        if (expected is not null && Read(answer) is { } data) Expect(expected, data.GetString(), "what it has kept");
        return false;
    }

    private Guid TakeAnswer(JsonElement message)
    {
        if (!message.GetProperty("success").GetBoolean()) Fail($"answered {message}");
        return message.GetProperty("requestId").GetGuid();
    }

    private void TakeNotification(JsonElement notification)
    {
        var topic = notification.GetProperty("topic").GetString();
        if (topic == "connection:missed") Fail("a broadcast was missed");
        if (topic == "state:token") _token = notification.GetProperty("data").GetProperty("token").GetString();
        if (topic != Fortress.News) return;
        var number = notification.GetProperty("data").GetProperty("n").GetInt64();
        if (_lastNews > 0) Expect(_lastNews + 1, number, "the broadcast");
        _lastNews = number;
    }
}
