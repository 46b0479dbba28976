using System.Net;
using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// The client of a starling: its user with the expiry, its address, the party of its memory, and its message rate.
/// </summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class StarlingPeer(Starling starling, ClaimsPrincipal? user)
{
    private ClaimsPrincipal? _user = user;
    private TokenBucket? _rate;
    private TokenBucket? _refusals;
    private PartyMemory? _memoryParty;

    /// <summary>The address of the last connection; null when it had no IP address.</summary>
    public IPAddress? RemoteAddress { get; private set; }

    /// <summary>The party that answers for the starling's memory: its signed-in user, else the address of its last connection.</summary>
    public object Party { get; private set; } = Partitions.OfAddress(null);

    /// <summary>Counts the starling's messages; null when they are not limited.</summary>
    public MessageMeter? Meter { get; private set; }

    /// <summary>The user; null when the starling is anonymous and no <see cref="ClaimsPrincipal"/> has been created.</summary>
    public ClaimsPrincipal? KnownUser => Volatile.Read(ref _user);

    /// <summary>The user. Anonymous connections create a <see cref="ClaimsPrincipal"/> only on request (250 bytes).</summary>
    public ClaimsPrincipal User => KnownUser ?? MakeAnonymous();

    /// <summary>The time when the user's authentication ends; null when it does not end, or without a connection.</summary>
    public DateTimeOffset? UserExpiresAt => starling.Life.Current?.UserExpiresAt;

    private Node Node => starling.Node;

    /// <summary>Prepares the starling for a connection that has arrived.</summary>
    /// <param name="party">The party of the connection. Memory always counts for the first party, also after a recovery by another.</param>
    public void BeginLink(object party)
    {
        Party = party;
        var memory = starling.Session.Outbox.Memory;
        if (memory.Party is null) memory.Join(_memoryParty = Node.Parties.Enter(party, peers: 1));
    }

    /// <summary>Applies the user, address and limits of a connection that is linked.</summary>
    public void ApplyLink(WebSocketConnection connection, IPAddress? remoteAddress, object party)
    {
        var limits = Node.RateLimits;
        var rate = _rate is null && limits.LimitsMessages && limits.Options.PerConnection is { } limit
            ? new TokenBucket(limit, Node.Engine.Time)
            : null;
        lock (this)
        {
            // Another connection is linked by now. Its values apply.
            if (starling.Session.Connection != connection) return;
            (RemoteAddress, Party) = (remoteAddress, party);
            Volatile.Write(ref _user, connection.User);
            if (!limits.LimitsMessages) return;
            _rate ??= rate;
            Meter = new MessageMeter(limits, starling, _rate, connection.User, remoteAddress);
        }
    }

    /// <summary>Handles a message over a rate limit: closes the connection of a client that does not slow down.</summary>
    public void OnRateExceeded()
    {
        var refusals = _refusals
            ?? Interlocked.CompareExchange(ref _refusals, new TokenBucket(Node.RateLimits.RefusalLimit, Node.Engine.Time), null)
            ?? _refusals!;
        if (refusals.TryTake(out _) is false) starling.Session.Connection?.BeginClose(CloseCode.RateLimited, "rate limited");
    }

    /// <summary>
    /// Removes the starling from its party, because the server does not know it or has forgotten it. Bytes of handlers that still run count
    /// for the party. The starling itself gets no share of the memory any more.
    /// </summary>
    public void StopSharing()
    {
        if (Interlocked.Exchange(ref _memoryParty, null) is { } party) Node.Parties.Leave(party, peers: 1);
    }

    /// <summary>Renews the authentication of the same user.</summary>
    /// <exception cref="HeliosException">The user is not the starling's, or nobody is signed in: <c>AUTH_FAILED</c>. The authentication has
    /// expired already: <c>AUTH_EXPIRED</c>.</exception>
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

    /// <summary>Renews the authentication with a ticket that arrived over one of the starling's connections.</summary>
    /// <returns>False when it is another user's, or has expired already.</returns>
    public bool TryRenew(WebSocketConnection over, ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        if (!IsSame(user) || HasExpired(expiresAt)) return false;
        lock (this)
        {
            // A newer connection has its own authentication, which may be newer than this one.
            if (starling.Life.Current != over) return true;
            Volatile.Write(ref _user, user);
            (over.User, over.UserExpiresAt) = (user, expiresAt);
            return true;
        }
    }

    /// <summary>Closes the connection when the user's authentication has ended. Called about twice a second.</summary>
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
            // The arriving connection gets the same user, so that linking it does not replace the user.
            if (connection is not null) connection.User = user;
            Volatile.Write(ref _user, user);
            return user;
        }
    }
}
