using System.Diagnostics;
using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>
/// Drops its connection in the middle of a request, waits and reconnects. It checks that it gets its own starling, with data and group, the
/// answer, and every broadcast.
/// </summary>
/// <param name="port">The server's port.</param>
/// <param name="random">Decides how the connection drops and for how long.</param>
/// <param name="patience">The server's <see cref="HeliosOptions.DisconnectionTtl"/>. After more than half of it, the client does not expect
/// its starling any more.</param>
internal sealed class ResumeVerifyingClient(int port, Random random, TimeSpan patience) : VerifyingClient(port, "resume")
{
    private readonly string _key = $"key of {Guid.NewGuid()}";
    private readonly HashSet<Guid> _answered = [];
    private RawConnection? _connection;
    private string? _token;
    private string? _epoch;
    private string? _id;
    private long _received;
    private long _attempt;
    private long _lastBroadcast;

    /// <summary>How often the client reconnected too late to expect its starling, because the machine was busy.</summary>
    public int Late { get; private set; }

    protected override Task ConnectAsync() => StartAgainAsync();

    protected override async Task RunRoundAsync()
    {
        var id = Guid.NewGuid();
        await _connection!.SendAsync(Frames.Request(id, "stress:wait", $"{random.Next(1, 50)}"));
        // The answer to this request proves that the server has counted the request before it.
        await AskAsync("stress:get", $"\"{_key}\"", _key, alsoOpen: null);
        if (random.Next(2) == 0) _connection.Reset();
        else _connection.Dispose();
        var since = Stopwatch.GetTimestamp();
        await Task.Delay(random.Next(200));
        if (await TryReturnAsync(since)) await AskAsync("stress:get", $"\"{_key}\"", _key, alsoOpen: _answered.Contains(id) ? null : id);
        _answered.Clear();
    }

    protected override void Disconnect() => _connection?.Dispose();

    private async Task StartAgainAsync()
    {
        (_token, _epoch, _received, _lastBroadcast) = (null, null, 0, 0);
        _connection = await RawConnection.ConnectAsync(Port, $"?resume=1&instance=verifier&attempt={++_attempt}");
        var welcome = await WelcomeAsync();
        (_epoch, _id) = (welcome.GetProperty("epoch").GetString(), welcome.GetProperty("starlingId").GetString());
        await AskAsync("stress:set", $"\"{_key}\"", null, alsoOpen: null);
        await AskAsync("stress:join", $"\"{TargetServer.Group}\"", null, alsoOpen: null);
    }

    /// <summary>Reconnects to its starling. False when that took too long; the client has then started again.</summary>
    private async Task<bool> TryReturnAsync(long since)
    {
        _connection = await RawConnection.ConnectAsync(
            Port, $"?recover={_token}&resume=1&epoch={_epoch}&received={_received}&instance=verifier&attempt={++_attempt}");
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

    /// <summary>Sends a request and reads up to its answer, and up to the answer of another open request.</summary>
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
        if (expected is not null && Read(answer) is { } data) Expect(expected, data.GetString(), "the stored value");
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
        if (topic != TargetServer.BroadcastTopic) return;
        var number = notification.GetProperty("data").GetProperty("number").GetInt64();
        if (_lastBroadcast > 0) Expect(_lastBroadcast + 1, number, "the broadcast");
        _lastBroadcast = number;
    }
}
