using System.Security.Claims;
using System.Text;
using HeliosStarling.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling.Authentication;

/// <summary>Where a client sends its credential.</summary>
public enum Place
{
    JwtHeader,
    AccessTokenQuery,
    Cookie,
}

/// <summary>A user's credential, as an identity provider or a login page issues it.</summary>
/// <param name="User">The user.</param>
/// <param name="Team">The claim that policies require.</param>
/// <param name="ExpiresAt">The expiry.</param>
/// <param name="IsForUs">Whether it was issued for this application.</param>
internal sealed record Credentials(string User, string Team, DateTimeOffset ExpiresAt, bool IsForUs = true)
{
    public const string Issuer = "https://issuer.test";
    public const string Audience = "this application";

    public static readonly SymmetricSecurityKey Key = new(Encoding.ASCII.GetBytes("a signing key of the tests, thirty-two bytes"));

    /// <summary>The key that protects the application's cookies.</summary>
    public static readonly TicketDataFormat CookieFormat = NewCookieFormat();

    private static readonly TicketDataFormat s_formatOfOthers = NewCookieFormat();

    public static Credentials Of(string user, string team = "staff") => new(user, team, ServerSetup.Start.AddMinutes(10));

    /// <summary>The request with this credential.</summary>
    public UpgradeRequest In(UpgradeRequest request, Place place) => place switch
    {
        Place.JwtHeader => request.With("Authorization", $"Bearer {ToJwt()}"),
        Place.AccessTokenQuery =>
            request with { Target = $"{request.Target}{(request.Target.Contains('?') ? '&' : '?')}access_token={ToJwt()}" },
        _ => request.With("Cookie", $"theme=dark; .AspNetCore.{CookieAuthenticationDefaults.AuthenticationScheme}={ToCookie()}"),
    };

    public string ToJwt() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = IsForUs ? Audience : "another application",
        IssuedAt = ExpiresAt.UtcDateTime.AddHours(-1),
        NotBefore = ExpiresAt.UtcDateTime.AddHours(-1),
        Expires = ExpiresAt.UtcDateTime,
        Claims = new Dictionary<string, object> { ["sub"] = User, ["team"] = Team },
        SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.HmacSha256),
    });

    public string ToCookie()
    {
        var properties = new AuthenticationProperties { IssuedUtc = ExpiresAt.AddHours(-1), ExpiresUtc = ExpiresAt };
        return (IsForUs ? CookieFormat : s_formatOfOthers).Protect(
            new AuthenticationTicket(ToPrincipal(), properties, CookieAuthenticationDefaults.AuthenticationScheme));
    }

    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity([new Claim("sub", User), new Claim("team", Team)], "tests"));

    private static TicketDataFormat NewCookieFormat() => new(new EphemeralDataProtectionProvider().CreateProtector("cookies"));
}
