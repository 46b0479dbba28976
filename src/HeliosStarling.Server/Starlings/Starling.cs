using System.Net;
using System.Security.Claims;
using System.Text.Unicode;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A client as the server knows it. A starling outlives its connections.</summary>
/// <remarks>Safe to use concurrently. Messages leave in call order.</remarks>
public sealed class Starling
{
    // About what an announcement takes until the application has handled it: with its starling and connection, which may have ended.
    internal const int AnnouncementBytes = 4 * 1024;

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
    /// The id, unique and unguessable. It stays the same when the starling is recovered, even after a restart of the server.
    /// </summary>
    public string Id { get; }

    /// <summary>The server of the starling.</summary>
    public Helios Helios => Node.Helios;

    /// <summary>
    /// The user of the last connection, or the user that <see cref="Renew"/> has set; anonymous unless the endpoint authenticates.
    /// </summary>
    public ClaimsPrincipal User => Peer.User;

    /// <summary>
    /// The time when the connection is closed because the user's authentication ends; null when it does not end, or without a connection.
    /// </summary>
    public DateTimeOffset? UserExpiresAt => Peer.UserExpiresAt;

    /// <summary>The address of the last connection; null when it had no IP address.</summary>
    public IPAddress? RemoteAddress => Peer.RemoteAddress;

    /// <summary>Whether the starling has an open connection now.</summary>
    public bool IsConnected => Life.Current is { IsOpen: true };

    /// <summary>Data that the application keeps with the starling.</summary>
    public StarlingData Data { get; }

    /// <summary>The states of the starling, which survive a restart of the server.</summary>
    public States States { get; }

    /// <summary>The time when the starling was created. Recovery, also on another server, keeps it.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>The time when the starling was last connected.</summary>
    public DateTimeOffset LastConnected { get; internal set; }

    /// <summary>The policy for a full outbox. Default <see cref="HeliosOptions.OutboxPolicy"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
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

    /// <summary>The stage of the starling, and the steps between the stages.</summary>
    internal StarlingLife Life { get; }

    /// <summary>The user, address and limits of the client.</summary>
    internal StarlingPeer Peer { get; }

    /// <summary>The recovery tokens that were issued for the starling.</summary>
    internal IssuedTokens Tokens { get; }

    /// <summary>Whether messages are kept while the starling has no connection, because its client may come back.</summary>
    internal bool MayReturn => Life.IsArriving || Tokens.HasAny;

    /// <summary>
    /// Completes when a starling that was recreated from a token is restored: with null, or with the fault. Null for other starlings.
    /// </summary>
    internal TaskCompletionSource<HeliosException?>? Prepared { get; init; }

    /// <summary>Sends a notification.</summary>
    /// <param name="topic">A topic without wildcards.</param>
    /// <param name="data">The data, any JSON-serializable value.</param>
    /// <param name="cancellationToken">Ends the wait for room. The message stays queued.</param>
    /// <returns>A task that completes when there is room for the next message.</returns>
    /// <exception cref="HeliosException">The topic is malformed: <c>VALIDATION_ERROR</c>. The message is larger than the client takes:
    /// <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size, limit}</c>.</exception>
    /// <exception cref="System.Text.Json.JsonException">The data cannot be serialized, or is nested deeper than 62 levels (docs/protocol.md
    /// section 3).</exception>
    /// <exception cref="InvalidOperationException">The data is a <see cref="System.Text.Json.JsonElement"/> that cannot be serialized, or
    /// is nested deeper than 62 levels.</exception>
    public ValueTask<SendResult> NotifyAsync<T>(string topic, T data, CancellationToken cancellationToken = default)
    {
        var engine = Session.Engine;
        return Session.SendDirectAsync(
            engine.Encoder.Notification(topic, new SerializedJson<T>(data, engine.TypeInfo<T>())), cancellationToken);
    }

    /// <summary>Sends a plain text message, which is not a protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Text(text), cancellationToken);

    /// <summary>Sends UTF-8 text, for example the application's own JSON, which is not a protocol message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns"/>
    /// <exception cref="HeliosException">The text is not valid UTF-8, and the client would have to close the connection (RFC 6455 section
    /// 8.1):
    /// <c>VALIDATION_ERROR</c>. The text is larger than the client takes: <c>REQUEST_PAYLOAD_TOO_LARGE</c> with <c>{size,
    /// limit}</c>.</exception>
    public ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        if (!Utf8.IsValid(utf8.Span)) throw MalformedText.Fault("The text is not UTF-8. Send bytes as a binary message.");
        return Session.SendDirectAsync(Session.Engine.Encoder.Text(utf8.Span), cancellationToken);
    }

    /// <summary>Sends a binary message.</summary>
    /// <inheritdoc cref="NotifyAsync" path="/param[@name='cancellationToken']|/returns|/exception[@cref='T:HeliosStarling.HeliosException']"/>
    public ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        Session.SendDirectAsync(Session.Engine.Encoder.Binary(data.Span), cancellationToken);

    /// <summary>Calls a method of the client. Await the result to get its answer.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="payload">Any JSON-serializable value; null sends no payload.</param>
    /// <param name="options">Timeout and metadata. Default none.</param>
    /// <param name="cancellationToken">Cancels the request at the client and ends the wait.</param>
    /// <exception cref="HeliosException">The name is malformed: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">The starling's connection waits for the calling code, for example a handler of
    /// <see cref="Helios.OnConnection(Action{Starling})"/>, so the client cannot answer yet. Make the request in a handler of
    /// <c>starling:connected</c>.</exception>
    public StarlingRequest<TResult> Request<TResult>(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request<TResult>(method, payload, options, cancellationToken);
    }

    /// <summary>
    /// Calls a method of the client and ignores the value of its answer. Await the result to know that the method has succeeded.
    /// </summary>
    /// <inheritdoc cref="Request{TResult}(string, object?, RequestOptions?, CancellationToken)"/>
    public StarlingRequest Request(
        string method, object? payload = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Greeting.ThrowIfAwaited(this);
        return Session.Request(method, payload, options, cancellationToken);
    }

    /// <summary>The names of the starling's groups.</summary>
    public IReadOnlyCollection<string> Groups => _memberships.Names;

    /// <summary>Joins a group.</summary>
    /// <param name="group">The name of the group: 1 to 256 bytes of UTF-8, without control characters.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes. The starling may have joined nevertheless. A server that stands alone
    /// does not wait. Default none.</param>
    /// <returns>A task that completes when broadcasts to the group reach the starling; at once on a server that stands alone. Its result is
    /// false when the starling was in the group already, or is gone for good.</returns>
    /// <exception cref="HeliosException">The name is malformed or too long: <c>VALIDATION_ERROR</c>. The starling is in
    /// <see cref="HeliosOptions.MaxGroupsPerStarling"/> groups, or the names of its groups need more memory than
    /// <see cref="HeliosOptions.MaxBufferedBytes"/> has left: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> JoinAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        KeptNames.ThrowIfMalformed(group, nameof(group));
        return new ValueTask<bool>(_memberships.TryJoin(group));
    }

    /// <summary>Leaves a group.</summary>
    /// <param name="group">The name of the group.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes. The starling has left the group nevertheless. A server that stands
    /// alone does not wait. Default none.</param>
    /// <returns>A task that completes when all nodes know it; at once on a server that stands alone. Its result is false when the starling
    /// was not in the group.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<bool> LeaveAsync(string group, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(group);
        return new ValueTask<bool>(_memberships.TryLeave(group));
    }

    /// <summary>
    /// Renews the authentication of the starling's user without a new connection. Call it in a method of your own, for example
    /// <c>auth:renew</c>, that has validated the client's credentials.
    /// </summary>
    /// <param name="user">The same user with the new claims.</param>
    /// <param name="expiresAt">The time when this authentication ends; null when it does not end.</param>
    /// <remarks>It lasts as long as the connection. A client that recovers the starling brings its own authentication.</remarks>
    /// <exception cref="HeliosException">The user is not the starling's, or nobody is signed in: <c>AUTH_FAILED</c>. The authentication has
    /// expired already: <c>AUTH_EXPIRED</c>.</exception>
    public void Renew(ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        ArgumentNullException.ThrowIfNull(user);
        Peer.Renew(user, expiresAt);
    }

    /// <summary>
    /// Closes the connection after all queued messages. With the default code 4002 the starling is gone for good. With another code it is
    /// held as after any disconnect.
    /// </summary>
    /// <param name="code">1000, 1001, 1008, 1011 or 3000 to 4999. Default 4002.</param>
    /// <param name="reason">At most 123 bytes of UTF-8; a longer reason is cut. Default none.</param>
    /// <returns>A task that completes when closing has begun. <c>starling:disconnected</c> follows when the connection has ended.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The code must not be sent.</exception>
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
    /// Queues an event of this starling: events are raised one after another. Handlers run on the thread pool. A handler that blocks its
    /// thread delays neither the caller nor the connection.
    /// </summary>
    internal async Task AnnounceAsync(Func<Task> announce)
    {
        // The party of its first connection: it is known as soon as a connection arrives, and stays known when the starling is forgotten.
        var party = Session.Outbox.Memory.Party;
        var bytes = party?.BeginAnnouncement(AnnouncementBytes) ?? 0;
        try
        {
            await _announcements.RunAsync(announce).ConfigureAwait(false);
        }
        finally
        {
            party?.EndAnnouncement(bytes);
        }
    }

    /// <summary>Raises <c>starling:gone</c>, unless the server forgets all starlings because it stops.</summary>
    /// <param name="released">Completes when its groups and data are released.</param>
    internal void AnnounceGone(Task released)
    {
        if (Node.Events.IsEmpty || Node.IsStopping) return;
        _ = AnnounceAsync(async () =>
        {
            await released.ConfigureAwait(false);
            await Node.Events.EmitAsync(new StarlingGone(this)).ConfigureAwait(false);
        });
    }

    /// <summary>Called about twice a second while the starling is connected.</summary>
    internal void OnTick()
    {
        Peer.EndIfExpired();
        Session.WatchReader();
        if (Session.Ledger.Epoch is null || Session.Connection is null) return;
        Session.Ledger.AcknowledgeInTime();
        Tokens.RefreshInTime();
    }

    /// <summary>Releases all resources of a forgotten starling. Called by <see cref="Life"/> only.</summary>
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
