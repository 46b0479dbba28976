using System.Net;
using System.Security.Claims;

namespace HeliosStarling;

/// <summary>An upgrade request before it is accepted: what a filter can read, and how it refuses.</summary>
/// <remarks>Belongs to one request; not safe to use concurrently.</remarks>
public sealed class UpgradeContext
{
    private ClaimsPrincipal? _user;

    internal UpgradeContext(
        string path, string query, IReadOnlyDictionary<string, string> headers, ClaimsPrincipal? user, CancellationToken aborted) =>
        (Path, Query, Headers, _user, Aborted) = (path, query, headers, user, aborted);

    /// <summary>The path, escapes included.</summary>
    public string Path { get; }

    /// <summary>
    /// The query without its question mark, escapes included. Recovery tokens were taken out of it, and of the headers, and so was an
    /// <c>access_token</c>, so that it may be logged.
    /// </summary>
    public string Query { get; }

    /// <summary>
    /// The headers, their names in any case; the values of repeated ones joined by commas. They belong to this request and may be kept.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Who connects. Set it to what the filter found out; it becomes <see cref="Starling.User"/>.</summary>
    public ClaimsPrincipal User
    {
        get => _user ??= new ClaimsPrincipal(new ClaimsIdentity());
        set => _user = value;
    }

    /// <summary>
    /// When <see cref="User"/>'s authentication ends; null, the default, when it does not. <c>MapHelios</c> takes it from the
    /// authentication ticket; behind <c>ListenAsync</c> a filter sets it. An upgrade that has expired already is refused with 401
    /// <c>AUTH_EXPIRED</c>; within about half a second of that time the client gets an error message <c>AUTH_EXPIRED</c> and its connection
    /// is closed with 1008, unless
    /// <see cref="Starling.Renew"/> was called.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>
    /// The token by which the client says who it is: that of the header <c>Authorization: Bearer …</c>; without such a header, which a
    /// browser cannot set, the query's <c>access_token</c>; else null. Never log it.
    /// </summary>
    public string? BearerToken => Headers.TryGetValue("Authorization", out var header) ? BearerTokens.Read(header) : AccessToken;

    /// <summary>
    /// Where the connection comes from; null when it has no IP address. <c>MapHelios</c> takes what the application's forwarded headers
    /// middleware found out; behind <c>ListenAsync</c> a filter sets it to what a trusted proxy tells.
    /// </summary>
    public IPAddress? RemoteAddress { get; set; }

    /// <summary>Cancelled when the client goes away meanwhile.</summary>
    public CancellationToken Aborted { get; }

    internal Refusal? Refusal { get; private set; }

    /// <summary>Whether the attempt was counted by <see cref="RateLimitOptions.Upgrades"/> before there was a request.</summary>
    internal bool IsCounted { get; set; }

    /// <summary>Whether it came to a listener that only programs of this machine can reach.</summary>
    internal bool IsLoopbackOnly { get; set; }

    /// <summary>The recovery token that was taken out of the request; null when there was none.</summary>
    internal string? Token { get; init; }

    /// <summary>The access token that was taken out of the query; null when there was none.</summary>
    internal string? AccessToken { get; init; }

    /// <summary>Who comes in.</summary>
    internal Arrival ToArrival() => new(_user, RecoveryRequest.Parse(Query, Token))
    {
        RemoteAddress = RemoteAddress,
        ExpiresAt = ExpiresAt,
        MessageLimit = ClientLimit.TryRead(Query, out var limit) ? limit : ClientLimit.Least,
    };

    /// <summary>Refuses the upgrade with an HTTP status and the body <c>{"error":{"code","message"}}</c>.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="code">UPPER_SNAKE_CASE, such as <c>AUTH_REQUIRED</c>.</param>
    /// <param name="message">A sentence for people.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is none of an error.</exception>
    public void Refuse(int status, string code, string message)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(message);
        Refusal = new Refusal(status, code, message);
    }
}
