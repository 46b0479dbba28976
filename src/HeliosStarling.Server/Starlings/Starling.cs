using System.Net;
using System.Security.Claims;
using System.Text.Unicode;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client as the server knows it: it outlives its connections.</summary>
/// <remarks>Safe to use concurrently. Messages leave in call order.</remarks>
public sealed partial class Starling
{
    private readonly Lock _lock = new();
    private long _tokensUntil;
    private long _refreshAt;
    private IssuedToken? _newestToken;
    private readonly TaskQueue _announcements = new();
    private WebSocketConnection? _arriving;
    private CloseInfo? _closeOnLink;
    private TokenBucket? _rate;
    private TokenBucket? _patience;
    private bool _isGone;
    private CancellationTokenSource? _gone;
    private bool _isClosedForGood;
    private bool _isRevoked;
    private bool _hasLeft;

    internal Starling(Helios helios, ClaimsPrincipal? user, string? id = null)
    {
        (Helios, _user, Id) = (helios, user, id ?? Guid.NewGuid().ToString());
        Session = new StarlingSession(helios, this);
        Data = new StarlingData(helios.Options.MaxDataPerStarling, Session.Outbox.Memory);
        States = new States(this);
        CreatedAt = LastConnected = helios.Engine.Time.GetUtcNow();
    }

    /// <summary>The id, unique and unguessable. It stays the same when the starling is recovered, after a restart of the server too.</summary>
    public string Id { get; }

    /// <summary>The server it belongs to.</summary>
    public Helios Helios { get; }

    /// <summary>Where its last connection came from; null when that had no IP address.</summary>
    public IPAddress? RemoteAddress { get; private set; }

    /// <summary>Whether it has a connection now.</summary>
    public bool IsConnected => (Session.Connection ?? Volatile.Read(ref _arriving)) is { IsOpen: true };

    /// <summary>What the application keeps with it.</summary>
    public StarlingData Data { get; }

    /// <summary>What of it survives a restart of the server.</summary>
    public States States { get; }

    /// <summary>When it was made first, before it was recovered on another server perhaps.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When it was last given a connection.</summary>
    public DateTimeOffset LastConnected { get; internal set; }

    /// <summary>What happens when its outbox is full. Default <see cref="HeliosOptions.OutboxPolicy"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such policy.</exception>
    public OutboxPolicy OutboxPolicy
    {
        get => Session.Outbox.Policy!.Value;
        set
        {
            if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Use DropOldest, DropNewest or Disconnect.");
            Session.Outbox.Policy = value;
        }
    }

    internal StarlingSession Session { get; }

    /// <summary>Who answers for what it keeps: its signed-in user, else the address of its last connection.</summary>
    internal object Party { get; private set; } = Partitions.OfAddress(null);

    /// <summary>Whether it is forgotten.</summary>
    internal bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>The last token that its client was sent, or is about to be; null before the first.</summary>
    internal IssuedToken? NewestToken
    {
        get => Volatile.Read(ref _newestToken);
        set => Volatile.Write(ref _newestToken, value);
    }

    /// <summary>Counts its messages; null when they have no limit.</summary>
    internal MessageMeter? Meter { get; private set; }

    /// <summary>Whether it is closed for good or given up: it is not held.</summary>
    internal bool IsClosedForGood => Volatile.Read(ref _isClosedForGood);

    /// <summary>Whether what is sent to it is kept while it has no connection: somebody may come back for it.</summary>
    internal bool IsExpected => Volatile.Read(ref _arriving) is not null || HasToken;

    /// <summary>Whether a token was made for it.</summary>
    internal bool HasToken => Volatile.Read(ref _tokensUntil) != 0;

    /// <summary>Completes when a starling that is made anew from a token is restored, or with why it is not; null for any other.</summary>
    internal TaskCompletionSource<HeliosException?>? Prepared { get; init; }

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for room; the message is queued all the same.</param>
    /// <returns>Completes when there is room for the next message.</returns>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>. The message is larger than the client takes:
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data cannot be serialized, or is nested deeper than 62 levels (docs/protocol.md section 3).</exception>
    /// <exception cref="InvalidOperationException">The same of data that is a <see cref="System.Text.Json.JsonElement"/>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default)
    {
        var engine = Session.Engine;
        return Session.SendDirectAsync(engine.Encoder.Notification(topic, new SerializedJson<T>(data, engine.TypeInfo<T>())), cancellationToken);
    }

    /// <summary>Sends plain text, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends UTF-8 text, such as JSON of the application's own, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    /// <exception cref="HeliosException">It is not UTF-8: <c>VALIDATION_ERROR</c>; the client would have to close the connection (RFC 6455 section 8.1). Or it is
    /// larger than the client takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    public ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        if (!Utf8.IsValid(utf8.Span)) throw MalformedText.Fault("The text is not UTF-8. Send bytes as a binary message.");
        return Session.SendDirectAsync(Session.Engine.Encoder.Text(utf8.Span), cancellationToken);
    }

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Binary(data.Span), cancellationToken);



    /// <summary>A connection comes in; what is sent to the starling waits for it.</summary>
    internal void Arrive(WebSocketConnection connection, object party)
    {
        Party = party;
        CountFor(party);
        Volatile.Write(ref _arriving, connection);
    }

    /// <summary>The connection for which it was made is not linked: forgets the starling, unless another connection was linked meanwhile.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="refusal">Why others that wait for the starling are refused too; null when they may try again.</param>
    internal void Withdraw(WebSocketConnection connection, HeliosException? refusal)
    {
        var close = EndArrival(connection);
        if (Session.Ledger.TryWithdraw()) Remove();
        else if (close is not null && !TryClose(close) && IsClosedForGood) Remove();
        Prepared?.TrySetResult(refusal);
    }

    /// <summary>The connection of somebody is linked.</summary>
    internal void OnArrived(WebSocketConnection connection, IPAddress? remoteAddress, object party)
    {
        var limits = Helios.RateLimits;
        var rate = _rate is null && limits.LimitMessages && limits.Options.PerConnection is { } limit ? new TokenBucket(limit, Helios.Engine.Time) : null;
        lock (_lock)
        {
            // Another one is linked by now, and what that one brought along counts.
            if (Session.Connection != connection) return;
            (RemoteAddress, Party) = (remoteAddress, party);
            Volatile.Write(ref _user, connection.User);
            if (!limits.LimitMessages) return;
            _rate ??= rate;
            Meter = new MessageMeter(limits, this, _rate, connection.User, remoteAddress);
        }
    }

    /// <summary>A message was over a limit: closes the connection of a client that goes on all the same.</summary>
    internal void OnRateExceeded()
    {
        var patience = _patience ?? Interlocked.CompareExchange(ref _patience, new TokenBucket(Helios.RateLimits.Patience, Helios.Engine.Time), null) ?? _patience!;
        if (patience.TryTake(out _) is false) Session.Connection?.BeginClose(CloseCode.RateLimited, "rate limited");
    }

    /// <summary>The connection that came in is linked: closes it if that was asked for meanwhile.</summary>
    internal void Arrived(WebSocketConnection connection)
    {
        if (EndArrival(connection) is not { } close) return;
        if (IsClosedForGood) Session.Ledger.TryEnd(ifAway: false);
        connection.BeginClose(close.Code, close.Reason);
    }

    /// <summary>
    /// Tells the application something, after all that it was told of this starling before. Handlers run on a thread of the pool: one that blocks its thread holds up
    /// neither the caller nor the connection.
    /// </summary>
    internal Task AnnounceAsync(Func<Task> announce) => _announcements.RunAsync(announce);

    /// <summary>Remembers how long its last token is good, and when its client needs a fresh one.</summary>
    internal async ValueTask OnTokenIssuedAsync(RecoveryToken token)
    {
        var now = Helios.Engine.Time.GetUtcNow();
        lock (_lock) _tokensUntil = Math.Max(_tokensUntil, (now + token.ExpiresIn).UtcTicks);
        // Before half of its time is over (docs/protocol.md section 7, "Token").
        Volatile.Write(ref _refreshAt, (now + (token.ExpiresIn * 0.4)).UtcTicks);
        // It was closed for good, or has left, while this token was made.
        if (Volatile.Read(ref _isRevoked)) await Helios.Tokens.RevokeAsync(Id, TokenLifetime, Volatile.Read(ref _hasLeft) ? Closing.ByGoodbye : Closing.ByApplication).ConfigureAwait(false);
    }

    /// <summary>It was made anew from a token, and there may be others.</summary>
    internal void OnRemade()
    {
        var until = (Helios.Engine.Time.GetUtcNow() + TokenOptions.MaxExpiresIn).UtcTicks;
        lock (_lock) _tokensUntil = until;
    }

    /// <summary>Called about twice a second while it is connected.</summary>
    internal void OnTick()
    {
        EndIfExpired();
        if (Session.Ledger.Epoch is null || Session.Connection is null) return;
        Session.Ledger.AcknowledgeInTime();
        var now = Helios.Engine.Time.GetUtcNow();
        if (Volatile.Read(ref _refreshAt) > now.UtcTicks) return;
        // Until it is there, or the next tick but some would ask again.
        Volatile.Write(ref _refreshAt, (now + TimeSpan.FromSeconds(30)).UtcTicks);
        _ = RefreshTokenAsync(default);
    }


    /// <summary>Sends the client a fresh token; a fault is logged.</summary>
    internal async Task RefreshTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await States.NotifyStateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Helios.Engine.Logger.TokenFailed(Id, exception.Message);
        }
    }

    /// <returns>How it is to be closed now, if that was asked for meanwhile.</returns>
    private CloseInfo? EndArrival(WebSocketConnection connection)
    {
        lock (_lock)
        {
            if (_arriving == connection) Volatile.Write(ref _arriving, null);
            var close = _closeOnLink;
            _closeOnLink = null;
            return close;
        }
    }

    /// <summary>How long the last of its tokens is good.</summary>
    internal TimeSpan TokenLifetime
    {
        get
        {
            var now = Helios.Engine.Time.GetUtcNow().UtcTicks;
            lock (_lock) return TimeSpan.FromTicks(Math.Max(0, _tokensUntil - now));
        }
    }

    private bool TryClose(CloseInfo close)
    {
        lock (_lock)
        {
            if (_arriving is not null)
            {
                _closeOnLink ??= close;
                return true;
            }
        }
        if (Session.Connection is not { } connection) return false;
        connection.BeginClose(close.Code, close.Reason);
        return true;
    }
}
