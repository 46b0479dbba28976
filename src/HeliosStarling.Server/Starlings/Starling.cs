using System.Net;
using System.Security.Claims;
using System.Text.Unicode;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client as the server knows it: it outlives its connections.</summary>
/// <remarks>Safe to use concurrently. Messages leave in call order.</remarks>
public sealed class Starling
{
    // About what a starling and its handlers take while the application is told of an end. Its place does not count any more.
    internal const int EndOverhead = 1024;

    private readonly TaskQueue _announcements = new();
    private readonly Memberships _memberships;

    internal Starling(Node node, ClaimsPrincipal? user, string? id = null)
    {
        (Node, Id) = (node, id ?? Guid.NewGuid().ToString());
        Session = new StarlingSession(node, this);
        (Life, Peer, Tokens, _memberships) = (
            new StarlingLife(this), new StarlingPeer(this, user), new IssuedTokens(this), new Memberships(this));
        Data = new StarlingData(node.Options.MaxDataPerStarling, Session.Outbox.Memory);
        States = new States(this);
        CreatedAt = LastConnected = node.Engine.Time.GetUtcNow();
    }

    /// <summary>
    /// The id, unique and unguessable. It stays the same when the starling is recovered, after a restart of the server too.
    /// </summary>
    public string Id { get; }

    /// <summary>The server it belongs to.</summary>
    public Helios Helios => Node.Helios;

    /// <summary>
    /// Who connected last, or what <see cref="Renew"/> has put in the place; anonymous unless the endpoint authenticates.
    /// </summary>
    public ClaimsPrincipal User => Peer.User;

    /// <summary>
    /// When its connection is closed because the user's authentication ends; null when it is not, or there is no connection.
    /// </summary>
    public DateTimeOffset? UserExpiresAt => Peer.UserExpiresAt;

    /// <summary>Where its last connection came from; null when that had no IP address.</summary>
    public IPAddress? RemoteAddress => Peer.RemoteAddress;

    /// <summary>Whether it has a connection now.</summary>
    public bool IsConnected => Life.Current is { IsOpen: true };

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
            if (!Enum.IsDefined(value))
                throw new ArgumentOutOfRangeException(nameof(value), value, "Use DropOldest, DropNewest or Disconnect.");
            Session.Outbox.Policy = value;
        }
    }

    internal Node Node { get; }

    internal StarlingSession Session { get; }

    /// <summary>Where it stands, and every step on its way.</summary>
    internal StarlingLife Life { get; }

    /// <summary>Who is at the other end.</summary>
    internal StarlingPeer Peer { get; }

    /// <summary>The recovery tokens that were made for it.</summary>
    internal IssuedTokens Tokens { get; }

    /// <summary>Whether what is sent to it is kept while it has no connection: somebody may come back for it.</summary>
    internal bool IsExpected => Life.IsArriving || Tokens.Exist;

    /// <summary>
    /// Completes when a starling that is remade from a token is restored, or with the reason why it is not. Null for any other starling.
    /// </summary>
    internal TaskCompletionSource<HeliosException?>? Prepared { get; init; }

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">What it says.</param>
    /// <param name="cancellationToken">Ends the wait for room; the message is queued all the same.</param>
    /// <returns>Completes when there is room for the next message.</returns>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>. The message is larger than the client takes:
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data cannot be serialized, or is nested deeper than 62 levels (docs/protocol.md
    /// section 3).</exception>
    /// <exception cref="InvalidOperationException">The same of data that is a <see cref="System.Text.Json.JsonElement"/>.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default)
    {
        var engine = Session.Engine;
        return Session.SendDirectAsync(
            engine.Encoder.Notification(topic, new SerializedJson<T>(data, engine.TypeInfo<T>())), cancellationToken);
    }

    /// <summary>Sends plain text, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends UTF-8 text, such as JSON of the application's own, which is no protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    /// <exception cref="HeliosException">It is not UTF-8: <c>VALIDATION_ERROR</c>; the client would have to close the connection (RFC 6455
    /// section 8.1). Or it is larger than the client takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    public ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        if (!Utf8.IsValid(utf8.Span)) throw MalformedText.Fault("The text is not UTF-8. Send bytes as a binary message.");
        return Session.SendDirectAsync(Session.Engine.Encoder.Text(utf8.Span), cancellationToken);
    }

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Binary(data.Span), cancellationToken);

    /// <summary>Asks the client to run a method of its own. Await the result for its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null leaves the payload out.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the client and ends the wait.</param>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">The starling's connection waits for the code that asks, such as a handler of
    /// <see cref="Helios.OnConnection(Action{Starling})"/>: its client cannot answer yet. Ask in a handler of
    /// <c>starling:connected</c>.</exception>
    public StarlingRequest<TResult> Request<TResult>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request<TResult>(method, payload, options, cancellationToken);
    }

    /// <summary>
    /// Asks the client to run a method of its own, whose answer says nothing or is of no interest. Await the result to know that it has
    /// succeeded.
    /// </summary>
    /// <inheritdoc cref="Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request(method, payload, options, cancellationToken);
    }

    /// <summary>The groups it is in.</summary>
    public IReadOnlyCollection<string> Groups => _memberships.Names;

    /// <summary>Joins a group.</summary>
    /// <param name="group">The group's name: 1 to 256 bytes as UTF-8, without control characters.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; it may be in the group all the same. A server that stands alone does
    /// not wait. Default none.</param>
    /// <returns>Completes when broadcasts to the group reach it: at once on a server that stands alone. False when it was in the group
    /// already, or is gone for good.</returns>
    /// <exception cref="HeliosException">The name is malformed or too long: <c>VALIDATION_ERROR</c>. It is in as many groups as
    /// <see cref="HeliosOptions.MaxGroupsPerStarling"/> allows, or their names need more memory than is left of
    /// <see cref="HeliosOptions.MaxBufferedBytes"/>: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> JoinAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        KeptNames.ThrowIfMalformed(group, nameof(group));
        return new ValueTask<bool>(_memberships.TryJoin(group));
    }

    /// <summary>Leaves a group.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; it has left the group all the same. A server that stands alone does
    /// not wait. Default none.</param>
    /// <returns>Completes when all nodes know it: at once on a server that stands alone. False when it was not in the group.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> LeaveAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(group);
        return new ValueTask<bool>(_memberships.TryLeave(group));
    }

    /// <summary>
    /// Goes on with a fresh authentication of the same user, without another connection: for a method of the application's own, such as
    /// <c>auth:renew</c>, that has validated what the client sent.
    /// </summary>
    /// <param name="user">The user with the claims of now.</param>
    /// <param name="expiresAt">When this authentication ends; null when it does not.</param>
    /// <remarks>It lasts as long as the connection. A client that recovers the starling brings its own authentication.</remarks>
    /// <exception cref="HeliosException">It is not the user of the starling, or nobody is signed in: <c>AUTH_FAILED</c>. It has expired
    /// already: <c>AUTH_EXPIRED</c>.</exception>
    public void Renew(ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        ArgumentNullException.ThrowIfNull(user);
        Peer.Renew(user, expiresAt);
    }

    /// <summary>
    /// Closes the connection, behind all that is queued. With 4002, the default, the starling is gone for good; with another code it is
    /// held as after any disconnect.
    /// </summary>
    /// <param name="code">1000, 1001, 1008, 1011 or 3000 to 4999. Default 4002.</param>
    /// <param name="reason">At most 123 bytes as UTF-8; longer ones are cut. Default none.</param>
    /// <returns>Completes when the closing has begun; <c>starling:disconnected</c> follows when the connection has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    public ValueTask CloseAsync(int code = CloseCode.ClosedForGood, string? reason = null)
    {
        if (code is not (1000 or 1001 or 1008 or 1011 or (>= 3000 and <= 4999)))
            throw new ArgumentOutOfRangeException(nameof(code), code, "Close with 1000, 1001, 1008, 1011 or 3000 to 4999.");
        var close = new CloseInfo(code, reason ?? "");
        if (code == CloseCode.ClosedForGood) return Life.CloseForGoodAsync(close);
        Life.TryClose(close);
        return default;
    }

    /// <summary>
    /// Tells the application something, after all that it was told of this starling before. Handlers run on a thread of the pool: one that
    /// blocks its thread holds up neither the caller nor the connection.
    /// </summary>
    internal Task AnnounceAsync(Func<Task> announce) => _announcements.RunAsync(announce);

    /// <summary>Tells the application that the server has forgotten the starling, unless it forgets all because it stops.</summary>
    internal async Task AnnounceGoneAsync()
    {
        if (Node.Events.IsEmpty || Node.IsStopping) return;
        // Not counted for its client, which is gone: a handler that hangs keeps the starling.
        Node.Engine.Buffers.Charge(EndOverhead);
        await AnnounceAsync(() => Node.Events.EmitAsync(new StarlingGone(this)).AsTask())
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Node.Engine.Buffers.Charge(-EndOverhead);
    }

    /// <summary>Called about twice a second while it is connected.</summary>
    internal void OnTick()
    {
        Peer.EndIfExpired();
        Session.WatchReader();
        if (Session.Ledger.Epoch is null || Session.Connection is null) return;
        Session.Ledger.AcknowledgeInTime();
        Tokens.RefreshInTime();
    }

    /// <summary>The server forgets it: gives back what it has. To be called by <see cref="Life"/> alone.</summary>
    internal void Release()
    {
        _memberships.End();
        Data.Release();
        Node.Held.Release(this);
        Node.Starlings.Remove(this);
        Session.Close();
        Peer.StopSharing();
    }
}
