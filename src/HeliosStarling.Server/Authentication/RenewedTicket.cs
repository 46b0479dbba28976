using System.Security.Claims;

namespace HeliosStarling;

/// <summary>The content of a renewed sign-in ticket (<see cref="Helios.OnRenew"/>).</summary>
/// <param name="User">The user with the new claims. It must be the user of the starling: another user's ticket is refused.</param>
/// <param name="ExpiresAt">The time when the ticket expires; null when it does not expire. A ticket that has expired already is
/// refused.</param>
public sealed record RenewedTicket(ClaimsPrincipal User, DateTimeOffset? ExpiresAt = null);
