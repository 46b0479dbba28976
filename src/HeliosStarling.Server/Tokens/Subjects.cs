using System.Security.Claims;

namespace HeliosStarling;

/// <summary>Whom a token is bound to.</summary>
internal static class Subjects
{
    /// <summary>The user's identifier, empty for one without any name; null when nobody is signed in.</summary>
    /// <remarks>Of the first identity that is authenticated, which need not be the first of all.</remarks>
    public static string? Of(ClaimsPrincipal? user) => user?.Identities.FirstOrDefault(static identity => identity.IsAuthenticated) is not { } identity
        ? null
        : identity.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? identity.FindFirst("sub")?.Value ?? identity.Name ?? "";
}
