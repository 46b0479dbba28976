using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>A client that connects.</summary>
/// <param name="User">The user; null when it is unknown.</param>
/// <param name="Recovery">The recovery that the client asks for.</param>
/// <param name="Starling">A starling that was created for the connection; null when one is to be created or recovered.</param>
internal sealed record Arrival(ClaimsPrincipal? User, RecoveryRequest Recovery, Starling? Starling = null)
{
    /// <summary>The address of the client; null when the connection has no IP address.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>The largest message that the client takes, in bytes. Default any size.</summary>
    public int MessageLimit { get; init; } = int.MaxValue;

    /// <summary>The time when the user's authentication ends; null when it does not end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The endpoint that took the connection; null with the lean listener.</summary>
    public Endpoint? Endpoint { get; init; }
}
