using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Who it is, and until when that is believed.</content>
public sealed partial class Starling
{
    private ClaimsPrincipal? _user;

    /// <summary>Who connected last, or what <see cref="Renew"/> has put in the place; anonymous unless the endpoint authenticates.</summary>
    public ClaimsPrincipal User => Volatile.Read(ref _user) ?? MakeAnonymous();

    /// <summary>The same; null while nobody said who it is, nor asked.</summary>
    internal ClaimsPrincipal? KnownUser => Volatile.Read(ref _user);

    /// <summary>When its connection is closed because the user's authentication ends; null when it is not, or there is no connection.</summary>
    public DateTimeOffset? UserExpiresAt => Current?.UserExpiresAt;

    /// <summary>
    /// Goes on with a fresh authentication of the same user, without another connection: for a method of the application's own, such as
    /// <c>auth:renew</c>, that has validated what the client sent.
    /// </summary>
    /// <param name="user">The user with the claims of now.</param>
    /// <param name="expiresAt">When this authentication ends; null when it does not.</param>
    /// <remarks>It lasts as long as the connection: whoever recovers the starling brings an authentication along.</remarks>
    /// <exception cref="HeliosException">It is not the user of the starling, or nobody is signed in: <c>AUTH_FAILED</c>. It has expired
    /// already: <c>AUTH_EXPIRED</c>.</exception>
    public void Renew(ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (Subjects.Of(user) is not { } subject || subject != Subjects.Of(KnownUser))
            throw new HeliosException(ErrorCodes.AuthFailed, "A starling's authentication can be renewed for its own user only. Another user connects anew, without its recovery token.");
        if (expiresAt <= Helios.Engine.Time.GetUtcNow())
            throw new HeliosException(ErrorCodes.AuthExpired, "This authentication has expired already. Renew with a fresh one.");
        lock (_lock)
        {
            Volatile.Write(ref _user, user);
            if (Current is not { } connection) return;
            (connection.User, connection.UserExpiresAt) = (user, expiresAt);
        }
    }

    /// <summary>Goes on with a fresh authentication that came over one of its connections.</summary>
    /// <returns>False when it is another user's, or has expired already.</returns>
    internal bool TryRenew(WebSocketConnection over, ClaimsPrincipal user, DateTimeOffset? expiresAt)
    {
        if (Subjects.Of(user) is not { } subject || subject != Subjects.Of(KnownUser) || expiresAt <= Helios.Engine.Time.GetUtcNow()) return false;
        lock (_lock)
        {
            // A newer connection has brought its own, which may be newer too.
            if (Current != over) return true;
            Volatile.Write(ref _user, user);
            (over.User, over.UserExpiresAt) = (user, expiresAt);
            return true;
        }
    }

    // Few ask, so most go without: it would be a tenth of what an idle starling weighs.
    private ClaimsPrincipal MakeAnonymous()
    {
        lock (_lock)
        {
            if (_user is { } made) return made;
            var connection = Current;
            var user = connection?.User ?? new ClaimsPrincipal(new ClaimsIdentity());
            // It stays the same when a connection that is arriving is linked.
            if (connection is not null) connection.User = user;
            Volatile.Write(ref _user, user);
            return user;
        }
    }

    private WebSocketConnection? Current => (WebSocketConnection?)Session.Connection ?? Volatile.Read(ref _arriving);

    private void EndIfExpired()
    {
        if (Session.Connection is not WebSocketConnection { IsOpen: true, IsUserExpired: true } connection) return;
        var engine = Helios.Engine;
        engine.Logger.AuthenticationExpired(Id);
        Session.TrySend(connection, engine.Encoder.Error(ErrorSeverity.Application, ErrorCodes.AuthExpired, "The authentication has expired: sign in again.", default(RawJson)));
        connection.BeginClose(CloseCode.Policy, ErrorCodes.AuthExpired);
    }
}
