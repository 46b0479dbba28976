using System.Net;
using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Who is at the other end of a starling: its user, as long as that is believed, its address, who answers for its memory, and how much it
/// may send.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class StarlingPeer(Starling starling, ClaimsPrincipal? user)
{
    private ClaimsPrincipal? _user = user;
    private TokenBucket? _rate;
    private TokenBucket? _patience;
    private PartyMemory? _countsFor;

    /// <summary>Where its last connection came from; null when that had no IP address.</summary>
    public IPAddress? RemoteAddress { get; private set; }

    /// <summary>Who answers for what it keeps: its signed-in user, else the address of its last connection.</summary>
    public object Party { get; private set; } = Partitions.OfAddress(null);

    /// <summary>Counts its messages; null when they have no limit.</summary>
    public MessageMeter? Meter { get; private set; }

    /// <summary>Its user; null while nobody said who that is, nor asked.</summary>
    public ClaimsPrincipal? KnownUser => Volatile.Read(ref _user);

    /// <summary>Its user. Anonymous connections create a <see cref="ClaimsPrincipal"/> only on request (250 bytes).</summary>
    public ClaimsPrincipal User => KnownUser ?? MakeAnonymous();

    /// <summary>When its connection is closed because the authentication ends; null when it is not, or there is no connection.</summary>
    public DateTimeOffset? UserExpiresAt => starling.Life.Current?.UserExpiresAt;

    private Node Node => starling.Node;

    /// <summary>A connection comes in for it.</summary>
    /// <param name="party">Who answers for what it keeps. Memory stays with the first one, wherever it is recovered from.</param>
    public void BeginLink(object party)
    {
        Party = party;
        var memory = starling.Session.Outbox.Memory;
        if (memory.Party is null) memory.Join(_countsFor = Node.Parties.Enter(party, peers: 1));
    }

    /// <summary>A connection is linked, and what it brings along counts from now on.</summary>
    public void ApplyLink(WebSocketConnection connection, IPAddress? remoteAddress, object party)
    {
        var limits = Node.RateLimits;
        var rate = _rate is null && limits.LimitMessages && limits.Options.PerConnection is { } limit
            ? new TokenBucket(limit, Node.Engine.Time)
            : null;
        lock (this)
        {
            // Another one is linked by now, and what that one brought along counts.
            if (starling.Session.Connection != connection) return;
            (RemoteAddress, Party) = (remoteAddress, party);
            Volatile.Write(ref _user, connection.User);
            if (!limits.LimitMessages) return;
            _rate ??= rate;
            Meter = new MessageMeter(limits, starling, _rate, connection.User, remoteAddress);
        }
    }

    /// <summary>A message was over a limit: closes the connection of a client that goes on all the same.</summary>
    public void OnRateExceeded()
    {
        var patience = _patience
            ?? Interlocked.CompareExchange(ref _patience, new TokenBucket(Node.RateLimits.Patience, Node.Engine.Time), null)
            ?? _patience!;
        if (patience.TryTake(out _) is false) starling.Session.Connection?.BeginClose(CloseCode.RateLimited, "rate limited");
    }

    /// <summary>
    /// The server does not know this starling, or has forgotten it. What still runs for it counts for its party's memory; the starling
    /// itself gets no share any more.
    /// </summary>
    public void StopSharing()
    {
        if (Interlocked.Exchange(ref _countsFor, null) is { } party) Node.Parties.Leave(party, peers: 1);
    }

    /// <summary>Goes on with a fresh authentication of the same user.</summary>
    /// <exception cref="HeliosException">It is not the user of the starling, or nobody is signed in: <c>AUTH_FAILED</c>. It has expired
    /// already: <c>AUTH_EXPIRED</c>.</exception>
    public void Renew(ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        if (!IsSame(user))
            throw new HeliosException(
                ErrorCodes.AuthFailed,
                "A starling's authentication can be renewed for its own user only. Another user connects without its recovery token.");
        if (HasExpired(expiresAt))
            throw new HeliosException(ErrorCodes.AuthExpired, "This authentication has expired already. Renew with a fresh one.");
        lock (this)
        {
            Volatile.Write(ref _user, user);
            if (starling.Life.Current is not { } connection) return;
            (connection.User, connection.UserExpiresAt) = (user, expiresAt);
        }
    }

    /// <summary>Goes on with a fresh authentication that came over one of its connections.</summary>
    /// <returns>False when it is another user's, or has expired already.</returns>
    public bool TryRenew(WebSocketConnection over, ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        if (!IsSame(user) || HasExpired(expiresAt)) return false;
        lock (this)
        {
            // A newer connection has brought its own, which may be newer too.
            if (starling.Life.Current != over) return true;
            Volatile.Write(ref _user, user);
            (over.User, over.UserExpiresAt) = (user, expiresAt);
            return true;
        }
    }

    /// <summary>Closes the connection if the authentication has ended. Called about twice a second.</summary>
    public void EndIfExpired()
    {
        var session = starling.Session;
        if (session.Connection is not WebSocketConnection { IsOpen: true, IsUserExpired: true } connection) return;
        session.Engine.Logger.AuthenticationExpired(starling.Id);
        session.TrySend(connection, session.Engine.Encoder.Error(
            ErrorSeverity.Application, ErrorCodes.AuthExpired, "The authentication has expired: sign in again.", default(RawJson)));
        connection.BeginClose(CloseCode.Policy, ErrorCodes.AuthExpired);
    }

    private bool IsSame(ClaimsPrincipal user) => Subjects.Of(user) is { } subject && subject == Subjects.Of(KnownUser);

    private bool HasExpired(DateTimeOffset? expiresAt) => expiresAt <= Node.Engine.Time.GetUtcNow();

    private ClaimsPrincipal MakeAnonymous()
    {
        lock (this)
        {
            if (_user is { } made) return made;
            var connection = starling.Life.Current;
            var user = connection?.User ?? new ClaimsPrincipal(new ClaimsIdentity());
            // It stays the same when a connection that is arriving is linked.
            if (connection is not null) connection.User = user;
            Volatile.Write(ref _user, user);
            return user;
        }
    }
}
