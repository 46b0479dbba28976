namespace HeliosStarling;

/// <summary>Why a client asks its application for a ticket (<see cref="StarlingClientOptions.AccessTokenProvider"/>).</summary>
public sealed record AccessTokenRequest
{
    /// <summary>
    /// Why the server refused the last connection attempt; null when it did not. The ticket of that attempt is probably not valid any more.
    /// </summary>
    public ConnectionFailure? Refusal { get; init; }

    /// <summary>Whether the ticket takes the place of one that ends soon, on the connection that there is.</summary>
    public bool IsRenewal { get; init; }

    /// <summary>Whether a ticket that the application has kept will not do: the last one was refused, or ends soon.</summary>
    public bool NeedsFresh => IsRenewal || Refusal is not null;
}
