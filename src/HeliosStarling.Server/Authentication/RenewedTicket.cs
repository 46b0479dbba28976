using System.Security.Claims;

namespace HeliosStarling;

/// <summary>What a new sign-in ticket says (<see cref="Helios.OnRenew"/>).</summary>
/// <param name="User">The user with the claims of now. It must be the user of the starling: another user's ticket is refused.</param>
/// <param name="ExpiresAt">When the ticket ends; null when it does not. One that has ended already is refused.</param>
public sealed record RenewedTicket(ClaimsPrincipal User, DateTimeOffset? ExpiresAt = null);
