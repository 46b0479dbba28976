using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>Somebody who connects.</summary>
/// <param name="User">Who it is; null when nobody says so.</param>
/// <param name="Recovery">Which starling it says it was, and what it says of it.</param>
/// <param name="Starling">The starling that it is to be; null: one is made or recovered for it.</param>
internal sealed record Arrival(ClaimsPrincipal? User, RecoveryRequest Recovery, Starling? Starling = null)
{
    /// <summary>Where the connection comes from; null when it has no IP address.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>The largest message in bytes that the client takes. Default any.</summary>
    public int MessageLimit { get; init; } = int.MaxValue;

    /// <summary>When the user's authentication ends; null when it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where it came in; null behind the lean listener.</summary>
    public Endpoint? Endpoint { get; init; }
}
