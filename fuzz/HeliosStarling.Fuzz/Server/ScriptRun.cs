using System.Diagnostics;
using System.Net;

namespace HeliosStarling.Fuzz;

/// <summary>One run of a script against a server.</summary>
/// <param name="server">The server.</param>
/// <param name="from">The address that its clients come from.</param>
internal sealed class ScriptRun(FuzzServer server, IPAddress from)
{
    private const int MaxConnections = 12;
    private const int MaxAsks = 8;

    // How long clients are waited for that are owed nothing.
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan[] s_turns =
        [.. new[] { 0.1, 0.5, 1, 2.1, 3.1, 4.1, 5.6, 11, 61, 75, 181 }.Select(TimeSpan.FromSeconds)];

    // How long an answer may take that waits for nothing.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    // Longer than a request may take.
    private static readonly TimeSpan s_requestTime = TimeSpan.FromSeconds(4.5);

    // Longer than a starling is held, and than a handler that hears of nothing goes on.
    private static readonly TimeSpan s_afterTurn = TimeSpan.FromSeconds(8);

    private readonly RequestIds _ids = new();
    private readonly List<SeenToken> _tokens = [];
    private readonly List<FuzzClient> _clients = [];
    private readonly FuzzClient?[] _slots = new FuzzClient?[Script.Slots];
    private readonly long _number = Stopwatch.GetTimestamp();
    private long _sent;
    private int _asks;

    /// <summary>How many messages its clients and the server exchanged.</summary>
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
            // During what they have left behind …
            CheckBystanders();
        }
        finally
        {
            foreach (var client in _clients) client.Dispose();
        }
        // … and when they are gone.
        WaitUntilGone();
        CheckBystanders();
    }

    private void Do(Step step)
    {
        var choices = new Cursor(step.Choices);
        if (step.Kind == StepKind.Open) Open(step.Slot, choices);
        else if (step.Kind == StepKind.Clock) server.Turn(choices.Pick(s_turns));
        else if (step.Kind == StepKind.Bystander && _asks++ < MaxAsks) Ask(server.Bystanders[step.Slot % server.Bystanders.Count]);
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
        // Else what follows travels right behind the request, or before it is decided on.
        if (upgrade.IsSound && choices.Flag(2)) server.Until(() => client.IsAnswered, () => "an answer to an upgrade", _clients);
    }

    private void Wait(FuzzClient? client)
    {
        if (client is { IsOwed: true })
        {
            // A place, or room in an outbox that the client does not acknowledge, may not be had until the request's time is over.
            if (!server.TryUntil(() => !client.IsOwed, s_patience, _clients)) server.Turn(s_requestTime);
            server.Until(() => !client.IsOwed, () => $"responses to {client.Owed}", _clients);
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
        // What is no UTF-8 ends the connection.
        if (!System.Text.Unicode.Utf8.IsValid(message)) client.IsClean = false;
        return message;
    }

    private static void Ask(Bystander bystander)
    {
        bystander.Ask();
        bystander.HearAnswer();
    }

    private void CheckBystanders()
    {
        foreach (var bystander in server.Bystanders) bystander.Ask();
        foreach (var bystander in server.Bystanders) bystander.HearAnswer();
        var said = server.Helios.Starlings.Group(FuzzMethods.Bystanders).BroadcastAsync("group:said", _number).AsTask();
        FindingException.Unless(
            said.Wait(TimeSpan.FromSeconds(10)) && said.Result.LocalReceivers == server.Bystanders.Count, "a broadcast to all bystanders");
        foreach (var bystander in server.Bystanders) bystander.Hear(_number);
        foreach (var bystander in server.Bystanders) bystander.Acknowledge();
    }

    private void WaitUntilGone()
    {
        var polls = 0;
        server.Until(IsGone, () => $"nothing left of clients that are gone: {server.Vitals.FindLeft()}", []);

        bool IsGone()
        {
            if (server.Vitals.FindLeft() is null) return true;
            // Connections end and buffers come back on other threads; the clock does the rest.
            if (++polls % 32 == 0 || server.Vitals.WaitsForClock) server.Turn(s_afterTurn);
            return false;
        }
    }
}
