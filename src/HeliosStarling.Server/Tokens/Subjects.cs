using System.Security.Claims;

namespace HeliosStarling;

/// <summary>Whom a token is bound to.</summary>
internal static class Subjects
{
    /// <summary>The user's identifier; null when nobody is signed in.</summary>
    public static string? Of(ClaimsPrincipal user) => user.Identity is not { IsAuthenticated: true } identity
        ? null
        : user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.FindFirst("sub")?.Value ?? identity.Name;
}
