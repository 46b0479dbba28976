using System.Diagnostics;
using System.Net;

namespace HeliosStarling.Fuzz;

/// <summary>One run of a script against a server.</summary>
/// <param name="server">The server.</param>
/// <param name="from">The local address of its clients.</param>
internal sealed class ScriptRun(FuzzServer server, IPAddress from)
{
    private const int MaxConnections = 12;
    private const int MaxAsks = 8;

    // The wait for clients without open requests.
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan[] s_advances =
        [.. new[] { 0.1, 0.5, 1, 2.1, 3.1, 4.1, 5.6, 11, 61, 75, 181 }.Select(TimeSpan.FromSeconds)];

    // The time for an answer that waits for no place or room.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    // Longer than RequestTimeout.
    private static readonly TimeSpan s_requestTime = TimeSpan.FromSeconds(4.5);

    // Longer than DisconnectionTtl, and than the handler that ignores its cancellation.
    private static readonly TimeSpan s_cleanupAdvance = TimeSpan.FromSeconds(8);

    private readonly RequestIds _ids = new();
    private readonly List<SeenToken> _tokens = [];
    private readonly List<FuzzClient> _clients = [];
    private readonly FuzzClient?[] _slots = new FuzzClient?[Script.Slots];
    private readonly long _number = Stopwatch.GetTimestamp();
    private long _sent;
    private int _asks;

    /// <summary>The number of messages between its clients and the server.</summary>
    public long Messages => _sent + _clients.Sum(client => client.Messages);

    public void Run(IReadOnlyList<Step> steps)
    {
        try
        {
            foreach (var step in steps)
            {
                Do(step);
                server.Poll(_clients);
            }
            // First while the script's clients are connected …
            CheckVerifyingClients();
        }
        finally
        {
            foreach (var client in _clients) client.Dispose();
        }
        // … and again when they have left.
        WaitUntilGone();
        CheckVerifyingClients();
    }

    private void Do(Step step)
    {
        var choices = new Cursor(step.Choices);
        if (step.Kind == StepKind.Open) Open(step.Slot, choices);
        else if (step.Kind == StepKind.Clock) server.AdvanceClock(choices.Pick(s_advances));
        else if (step.Kind == StepKind.VerifyingRequest && _asks++ < MaxAsks)
            Ask(server.VerifyingClients[step.Slot % server.VerifyingClients.Count]);
        else if (step.Kind == StepKind.Wait) Wait(_slots[step.Slot]);
        else if (_slots[step.Slot] is { } client) Do(step.Kind, client, choices);
    }

    private void Do(StepKind kind, FuzzClient client, Cursor choices)
    {
        var messages = new MessageMaker(_ids);
        _sent++;
        switch (kind)
        {
            case StepKind.Message:
                var isBinary = choices.Flag(12);
                client.Send(ClientBytes.Message(messages.Next(choices, client, fresh: !isBinary), choices, isBinary));
                break;
            case StepKind.Mutated:
                client.Send(ClientBytes.Message(Change(messages.Next(choices, client, fresh: false), choices, client), choices));
                break;
            case StepKind.Flood:
                Flood(messages.Next(choices, client, fresh: false), client, choices);
                break;
            case StepKind.Reading:
                client.IsReading = choices.Flag(2);
                break;
            default:
                client.IsClean = false;
                DoUnclean(kind, messages, client, choices);
                break;
        }
    }

    private static void DoUnclean(StepKind kind, MessageMaker messages, FuzzClient client, Cursor choices)
    {
        switch (kind)
        {
            case StepKind.Frame:
                client.Send(
                    ClientBytes.Any(choices.Flag(3) ? messages.Next(choices, client, fresh: false) : new byte[choices.Next(200)], choices));
                break;
            case StepKind.Partial:
                var whole = ClientBytes.Message(messages.Next(choices, client, fresh: false), choices);
                client.Send(whole.AsSpan(0, Math.Min(whole.Length, 1 + choices.Next())));
                break;
            case StepKind.Control:
                client.Send(ClientBytes.Control(choices));
                break;
            case StepKind.Raw:
                client.Send(choices.Rest);
                break;
            case StepKind.End when choices.Flag(3):
                client.Socket.HalfClose();
                break;
            case StepKind.End:
                client.Dispose();
                break;
        }
    }

    private void Open(byte slot, Cursor choices)
    {
        if (_clients.Count == MaxConnections) return;
        var upgrade = UpgradeBytes.Next(choices, _tokens);
        var client = new FuzzClient(new PeerSocket(server.EndPoint, from), upgrade.Resumes, _ids, _tokens) { IsClean = upgrade.IsSound };
        _clients.Add(client);
        _slots[slot] = client;
        client.Send(upgrade.Bytes);
        // Otherwise the next bytes follow the request at once, or arrive before its answer.
        if (upgrade.IsSound && choices.Flag(2)) server.Until(() => client.IsAnswered, () => "an answer to an upgrade", _clients);
    }

    private void Wait(FuzzClient? client)
    {
        if (client is { HasOpenRequests: true })
        {
            // The answer may wait for a place, or for room in an outbox, until the request's time limit.
            if (!server.TryUntil(() => !client.HasOpenRequests, s_patience, _clients)) server.AdvanceClock(s_requestTime);
            server.Until(() => !client.HasOpenRequests, () => $"responses to {client.OpenRequests}", _clients);
            return;
        }
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < s_glance)
        {
            Thread.Yield();
            server.Poll(_clients);
        }
    }

    private void Flood(byte[] message, FuzzClient client, Cursor choices)
    {
        var count = 1 + choices.Next(128);
        _sent += count;
        var frame = ClientBytes.Frame(0x81, message, choices.Next());
        var frames = new byte[frame.Length * count];
        for (var i = 0; i < count; i++) frame.CopyTo(frames, i * frame.Length);
        client.Send(frames);
    }

    private static byte[] Change(byte[] message, Cursor choices, FuzzClient client)
    {
        for (var changes = 1 + choices.Next(4); changes > 0 && message.Length > 0; changes--)
        {
            var at = choices.Next() * 7 % message.Length;
            message = choices.Next(4) switch
            {
                0 => [.. message[..at], .. message[(at + 1)..]],
                1 => [.. message[..at], choices.Next(), .. message[at..]],
                2 => [.. message[..at], .. message[(at / 2)..]],
                _ => [.. message[..at], (byte)(message[at] ^ choices.Next()), .. message[(at + 1)..]],
            };
        }
        // Invalid UTF-8 ends the connection.
        if (!System.Text.Unicode.Utf8.IsValid(message)) client.IsClean = false;
        return message;
    }

    private static void Ask(VerifyingClient client)
    {
        client.Ask();
        client.ExpectAnswer();
    }

    private void CheckVerifyingClients()
    {
        foreach (var client in server.VerifyingClients) client.Ask();
        foreach (var client in server.VerifyingClients) client.ExpectAnswer();
        var broadcast = server.Helios.Starlings.Group(FuzzMethods.VerifyingGroup).BroadcastAsync("group:broadcast", _number).AsTask();
        FindingException.Unless(
            broadcast.Wait(TimeSpan.FromSeconds(10)) && broadcast.Result.LocalReceivers == server.VerifyingClients.Count,
            "a broadcast to all verifying clients");
        foreach (var client in server.VerifyingClients) client.ExpectBroadcast(_number);
        foreach (var client in server.VerifyingClients) client.Acknowledge();
    }

    private void WaitUntilGone()
    {
        var polls = 0;
        server.Until(IsGone, () => $"no objects of clients that have left: {server.LeakCheck.FindLeaks()}", []);

        bool IsGone()
        {
            if (server.LeakCheck.FindLeaks() is null) return true;
            // Other threads end connections and return buffers; held starlings need the clock.
            if (++polls % 32 == 0 || server.LeakCheck.WaitsForClock) server.AdvanceClock(s_cleanupAdvance);
            return false;
        }
    }
}
