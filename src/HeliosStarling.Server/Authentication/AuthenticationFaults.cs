using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling;

/// <summary>Finds the reason why authentication schemes do not accept the ticket of a request.</summary>
internal static class AuthenticationFaults
{
    // The cookie scheme of the framework has no exception type for an expired ticket, only this message.
    private const string ExpiredCookie = "Ticket expired";

    /// <summary>Finds the failure of a policy's authentication schemes; null when the request has no ticket.</summary>
    /// <remarks>The schemes have cached their results for this request, so no scheme does its work twice.</remarks>
    public static async ValueTask<Exception?> FindAsync(HttpContext context, AuthorizationPolicy policy)
    {
        foreach (var scheme in await SchemesOfAsync(context, policy).ConfigureAwait(false))
        {
            if ((await context.AuthenticateAsync(scheme).ConfigureAwait(false)).Failure is { } fault) return fault;
        }
        return null;
    }

    /// <summary>Whether the ticket has expired, so that a new ticket would be accepted.</summary>
    public static bool IsExpired(Exception fault, DateTimeOffset now) => fault switch
    {
        AggregateException several => several.InnerExceptions.Any(one => IsExpired(one, now)),
        SecurityTokenExpiredException => true,
        SecurityTokenInvalidLifetimeException { Expires: { } end } => end <= now.UtcDateTime,
        _ => fault.Message == ExpiredCookie,
    };

    /// <summary>Gets the type names of a failure. Its messages may contain the ticket, which is a secret.</summary>
    public static string NameOf(Exception fault) =>
        fault is AggregateException several
            ? string.Join(", ", several.InnerExceptions.Select(NameOf).Distinct(StringComparer.Ordinal))
            : fault.GetType().Name;

    private static async ValueTask<IReadOnlyList<string>> SchemesOfAsync(HttpContext context, AuthorizationPolicy policy)
    {
        if (policy.AuthenticationSchemes.Count > 0) return policy.AuthenticationSchemes;
        var schemes = context.RequestServices.GetService<IAuthenticationSchemeProvider>();
        return schemes is not null && await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false) is { } scheme
            ? [scheme.Name]
            : [];
    }
}
