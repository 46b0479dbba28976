using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling.Resume;

/// <summary>A server and a client with the real engine, a network that the test controls, and a model of both directions.</summary>
internal sealed class Conversation : IDisposable
{
    // Smaller than any server allows, so that overflow is frequent.
    private const int ServerKeeps = 5;
    private const int ClientKeeps = 6;

    // The number of replaced instances that a server remembers.
    private const int KnownLives = 16;

    // The same as in server and client: an acknowledgement is at most 1 s late.
    private static readonly TimeSpan s_ackPeriod = TimeSpan.FromMilliseconds(500);

    [ThreadStatic] private static FakeTimeProvider? s_time;
    [ThreadStatic] private static Engine? s_dropOldest;
    [ThreadStatic] private static Engine? s_dropNewest;
    [ThreadStatic] private static Engine? s_client;

    private readonly FakeTimeProvider _time = s_time ??= new FakeTimeProvider();
    private readonly ITimer _ticker;
    private readonly Engine _serverEngine;
    private readonly Engine _clientEngine;
    private readonly Reference _up = new("to the server", dropsLeaveGaps: false);
    private readonly Reference _down = new("to the client", dropsLeaveGaps: true);
    private readonly List<(LinkClaim Claim, int Dial)> _upgrades = [];
    private readonly List<long> _serverLost = [];
    private readonly long _rentedBefore;
    private Side _server;
    private Side _client;
    private Wire? _toClient;
    private Wire? _superseded;
    private Wire? _toServer;
    private Welcome? _welcome;
    private readonly List<string?> _replaced = [];
    private string? _linkedLife;
    private int _dials;
    private int _life;
    private long _attempt;
    private bool _isLeaving;
    private bool _hasLeft;
    private long _lastNumber;
    private int _dropped;

    public Conversation(OutboxPolicy policy)
    {
        _serverEngine = policy == OutboxPolicy.DropOldest
            ? s_dropOldest ??= Engines.Create(_time, new OutboxLimits(ServerKeeps, 1 << 20, policy))
            : s_dropNewest ??= Engines.Create(_time, new OutboxLimits(ServerKeeps, 1 << 20, policy));
        _clientEngine = s_client ??= Engines.Create(_time, new OutboxLimits(ClientKeeps, 1 << 20, Policy: null));
        _rentedBefore = _serverEngine.Buffers.Rented + _clientEngine.Buffers.Rented;
        _server = NewServer();
        _client = new Side(_clientEngine, _down.Receive, _down.Miss);
        _ticker = _time.CreateTimer(_ => AcknowledgeInTime(), null, s_ackPeriod, s_ackPeriod);
    }

    public void ServerSends()
    {
        // The server creates a starling for a connected client.
        if (_server.Ledger.Epoch is null || _hasLeft) return;
        _down.SendNumber(++_lastNumber);
        _server.SendNumber(_lastNumber);
    }

    public void ClientSends()
    {
        if (_isLeaving) return;
        // A full client refuses messages and keeps those that it has accepted.
        if (_client.SendNumber(++_lastNumber) == EnqueueStatus.Queued) _up.SendNumber(_lastNumber);
    }

    /// <summary>The client drops its connection and requests another one, which is on its way.</summary>
    public void Dial(bool isSure)
    {
        HangUp();
        _welcome = null;
        var epoch = isSure && _client.Ledger.Epoch is { Length: > 0 } known ? known : null;
        _upgrades.Add((new LinkClaim(true, epoch, epoch is null ? null : _client.Ledger.Received, $"life{_life}", ++_attempt), ++_dials));
    }

    /// <summary>The page was reloaded: a new instance of the client goes on without the counters, and counts its attempts from 1.</summary>
    public void Reload()
    {
        _life++;
        _attempt = 0;
        Dial(isSure: false);
    }

    /// <summary>The client accepts nothing new and leaves when the server has everything.</summary>
    public void Leave()
    {
        _isLeaving = true;
        LeaveIfDone();
    }

    /// <summary>The clocks of both processes jump back or forward.</summary>
    public void Jump(int hours) => _time.AdjustTime(_time.GetUtcNow().AddHours(hours - 2));

    /// <summary>One of the upgrade requests in flight arrives, the newest or a late one.</summary>
    public void Upgrade(int which)
    {
        if (_upgrades.Count == 0 || _hasLeft) return;
        var upgrade = _upgrades[which % _upgrades.Count];
        _upgrades.Remove(upgrade);
        var (claim, isNewest) = (upgrade.Claim, upgrade.Dial == _dials);
        // The client answers the ping only if it still waits for this connection.
        if (_server.Ledger.Judge(claim) == LinkOutcome.Unproven) claim = claim with { IsProven = isNewest };
        var wire = new Wire(HandDown);
        Welcome? welcome = null;
        var before = _server.Ledger.Epoch;
        var isNew = claim.Epoch is null || claim.Epoch != before;
        var result = _server.TryLink(wire, claim, told =>
        {
            welcome = told;
            return _serverEngine.Encoder.Text("welcome");
        });
        if (result.Outcome != LinkOutcome.Linked)
        {
            Assert.True(result.Outcome is LinkOutcome.Late or LinkOutcome.Unproven && !isNewest, $"{result.Outcome} for the try {upgrade}");
            if (_replaced.TakeLast(KnownLives).Contains(claim.Instance)) Assert.Equal(LinkOutcome.Late, result.Outcome);
            return;
        }
        if (_linkedLife is { } life && life != claim.Instance) _replaced.Add(life);
        _linkedLife = claim.Instance;
        if (isNew) _down.Restart();
        else _down.Link(claim.Received!.Value);
        // The client still waits only for the connection of its newest request.
        if (_toClient is not null) _superseded = _toClient;
        (_toClient, _welcome) = (wire, isNewest ? welcome : null);
    }

    public void PumpDown(int count)
    {
        _superseded?.PumpNothing();
        _toClient?.Pump(count);
    }

    public void PumpUp(int count)
    {
        _toServer?.Pump(count);
        LeaveIfDone();
    }

    /// <summary>A frame arrives at the client: the welcome or a later frame.</summary>
    public void ArriveDown()
    {
        if (_toClient is null || _toClient.IsCut || (_toServer is null && _welcome is null) || !_toClient.TryArrive(out var data)) return;
        if (_welcome is { } welcome) Join(welcome);
        else if (_toServer is not null) _client.Receive(_toServer, data);
        LeaveIfDone();
    }

    public void ArriveUp()
    {
        if (_toServer is null || _toClient is null || !_toServer.TryArrive(out var data)) return;
        if (data.Length > 0) _server.Receive(_toClient, data);
        else if (_server.Ledger.TryEnd(_toClient)) EndForGood();
    }

    /// <summary>Time passes: counted messages are acknowledged.</summary>
    public void Tick() => _time.Advance(s_ackPeriod);

    /// <summary>The connection breaks, and both sides notice it.</summary>
    public void Cut()
    {
        _toClient?.Cut();
        if (_toClient is not null) _server.Unlink(_toClient);
        (_toClient, _welcome) = (null, null);
        HangUp();
    }

    /// <summary>The server was restarted and remembers nothing.</summary>
    public void Restart()
    {
        if (_hasLeft) return;
        Cut();
        _serverLost.AddRange(_server.Lost);
        _dropped += _server.Dropped;
        _server.Close();
        _replaced.Clear();
        _linkedLife = null;
        _down.Forget();
        _server = NewServer();
    }

    /// <summary>All faults end. Then everything must have arrived.</summary>
    public void Settle()
    {
        _upgrades.Clear();
        Cut();
        Dial(isSure: true);
        Upgrade(0);
        for (var round = 0; round < 200 && (_isLeaving ? !_hasLeft : !IsQuiet()); round++)
        {
            PumpDown(100);
            ArriveDown();
            PumpUp(100);
            ArriveUp();
            if (round % 10 == 9) Tick();
        }
        Assert.Equal(_isLeaving, _hasLeft);
        _down.CheckEnd([.. _serverLost, .. _server.Lost], _dropped + _server.Dropped);
        _up.CheckEnd(_client.Lost, dropped: 0);
        Assert.Equal((0, 0), (_server.Outbox.Count, _client.Outbox.Count));
    }

    public void Dispose()
    {
        _ticker.Dispose();
        Cut();
        _server.Close();
        _client.Close();
        Assert.Equal(_rentedBefore, _serverEngine.Buffers.Rented + _clientEngine.Buffers.Rented);
    }

    /// <summary>The last acknowledgement and the close frame, in one write.</summary>
    private void LeaveIfDone()
    {
        if (!_isLeaving || _hasLeft || _toServer is null || _toServer.IsClosing || _client.Outbox.Count > 0) return;
        Assert.True(_client.Ledger.TryStopCounting(_toServer));
        _client.HasStopped = true;
        _toServer.Pump(1);
        _toServer.SendClose();
    }

    private void EndForGood()
    {
        _hasLeft = true;
        _server.Report(_server.TakeKept());
        _down.End();
    }

    private void AcknowledgeInTime()
    {
        _server.Ledger.AcknowledgeInTime();
        _client.Ledger.AcknowledgeInTime();
    }

    private Side NewServer() => new(_serverEngine, _up.Receive, _ => Assert.Fail("a client reports no gap"));

    private bool IsQuiet() => _toClient is { InFlight: 0 }
        && _toServer is { InFlight: 0 }
        && _server.Outbox.Count == 0
        && _client.Outbox.Count == 0
        && _welcome is null;

    private void Join(Welcome welcome)
    {
        _welcome = null;
        var wire = new Wire(message =>
        {
            if (Side.Read(message) is { } number) _up.Hand(number);
        });
        var isNew = welcome.Epoch != _client.Ledger.Epoch;
        Assert.True(_client.TryJoin(wire, welcome.Epoch, welcome.Received));
        if (isNew) _up.Restart();
        else _up.Link(welcome.Received);
        (_toServer, _client.HasStopped) = (wire, false);
    }

    private void HandDown(byte[] message)
    {
        if (Side.Read(message) is { } number) _down.Hand(number);
        else if (ReadGap(message) is { } missed) _down.HandGap(missed);
    }

    private static long? ReadGap(byte[] text) =>
        Protocol.MessageReader.Read(text, out var message, out _) == Protocol.ReadStatus.Message
            && message.Type == Protocol.MessageType.Notification
            ? PayloadJson.ReadElement(message.Data).GetProperty("missed").GetInt64() : null;

    private void HangUp()
    {
        if (_toServer is null) return;
        _toServer.Cut();
        _client.Unlink(_toServer);
        _toServer = null;
    }
}
