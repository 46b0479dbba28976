using System.Net;
using System.Security.Claims;

namespace HeliosStarling;

/// <summary>An upgrade request in a filter, before it is accepted.</summary>
/// <remarks>Not safe to use concurrently.</remarks>
public sealed class UpgradeContext
{
    private ClaimsPrincipal? _user;

    internal UpgradeContext(
        string path, string query, IReadOnlyDictionary<string, string> headers, ClaimsPrincipal? user, CancellationToken aborted) =>
        (Path, Query, Headers, _user, Aborted) = (path, query, headers, user, aborted);

    /// <summary>The escaped path.</summary>
    public string Path { get; }

    /// <summary>
    /// The escaped query without its question mark. It may be logged: recovery tokens and an <c>access_token</c> are removed from the
    /// query, and recovery tokens from the headers.
    /// </summary>
    public string Query { get; }

    /// <summary>
    /// The headers. Names are case-insensitive, and values of repeated headers are joined by commas. The collection may be kept.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The user who connects. A filter may set it. It becomes <see cref="Starling.User"/>.</summary>
    public ClaimsPrincipal User
    {
        get => _user ??= new ClaimsPrincipal(new ClaimsIdentity());
        set => _user = value;
    }

    /// <summary>
    /// The time when the authentication of <see cref="User"/> ends; null, the default, when it does not end. <c>MapHelios</c> takes it from
    /// the authentication ticket. With <c>ListenAsync</c> a filter sets it. An upgrade that has expired already is refused with 401
    /// <c>AUTH_EXPIRED</c>. Within about half a second after the time, the client gets an error message <c>AUTH_EXPIRED</c> and its
    /// connection is closed with 1008, unless <see cref="Starling.Renew"/> was called.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>
    /// The bearer token of the client: from the header <c>Authorization: Bearer …</c>, or without such a header, which a browser cannot
    /// set, from <c>access_token</c> in the query; else null. Never log it.
    /// </summary>
    public string? BearerToken => Headers.TryGetValue("Authorization", out var header) ? BearerTokens.Read(header) : AccessToken;

    /// <summary>
    /// The address of the client; null when the connection has no IP address. <c>MapHelios</c> uses the result of the application's
    /// forwarded headers middleware. With <c>ListenAsync</c> a filter can set it to the address that a trusted proxy forwards.
    /// </summary>
    public IPAddress? RemoteAddress { get; set; }

    /// <summary>A token that is cancelled when the client disconnects during the upgrade.</summary>
    public CancellationToken Aborted { get; }

    internal Refusal? Refusal { get; private set; }

    /// <summary>Whether <see cref="RateLimitOptions.Upgrades"/> has counted the attempt already, before the request was read.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>Whether only programs on this machine can reach the listener of the request.</summary>
    internal bool IsLoopbackOnly { get; set; }

    /// <summary>The recovery token that was removed from the request; null when there was none.</summary>
    internal string? Token { get; init; }

    /// <summary>The access token that was removed from the query; null when there was none.</summary>
    internal string? AccessToken { get; init; }

    /// <summary>Creates the arrival of the client.</summary>
    internal Arrival ToArrival() => new(_user, RecoveryRequest.Parse(Query, Token))
    {
        RemoteAddress = RemoteAddress,
        ExpiresAt = ExpiresAt,
        MessageLimit = ClientLimit.TryRead(Query, out var limit) ? limit : ClientLimit.Min,
    };

    /// <summary>Refuses the upgrade with an HTTP status and the body <c>{"error":{"code","message"}}</c>.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">An error code in UPPER_SNAKE_CASE, for example <c>AUTH_REQUIRED</c>.</param>
    /// <param name="message">An error message for people.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not an error status.</exception>
    public void Refuse(int status, string code, string message)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(message);
        Refusal = new Refusal(status, code, message);
    }
}
