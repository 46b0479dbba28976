namespace HeliosStarling;

/// <summary>Why a client asks its application for a sign-in ticket (<see cref="StarlingClientOptions.AccessTokenProvider"/>).</summary>
public sealed record AccessTokenRequest
{
    /// <summary>
    /// The reason why the server refused the last connection attempt; null when it did not. Then the last ticket is probably not valid any
    /// more.
    /// </summary>
    public ConnectionFailure? Refusal { get; init; }

    /// <summary>Whether the ticket renews one that expires soon, on the current connection.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>Whether a new ticket is needed and a cached one is not enough, because the last one was refused or expires soon.</summary>
    public bool NeedsFresh => IsRenewal || Refusal is not null;
}
