using HeliosStarling.Wire;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Authentication;

/// <summary>
/// An application that signs in by JWT bearer and cookies: <c>/helios</c> is for the team <c>staff</c>, <c>/open</c> for everybody.
/// </summary>
internal static class AuthServer
{
    /// <summary>The policy for the team.</summary>
    public const string Staff = "staff only";

    public static Task<WireServer> StartAsync(
        Action<Helios>? register = null, Action<HeliosOptions>? configure = null, Action<IServiceCollection>? build = null,
        Action<WebApplication>? map = null)
    {
        var setup = new ServerSetup(register, options =>
        {
            options.ConnectionKey = "a key of the tests, thirty-two bytes long";
            configure?.Invoke(options);
        });
        return MappedServer.StartAsync(setup, new WireAddress(AddressKind.IPv4), build: Build, map: map ?? Map);

        void Build(IServiceCollection services)
        {
            AddSchemes(services, setup.Time);
            services.AddAuthorizationBuilder().AddPolicy(Staff, policy => policy.RequireClaim("team", "staff"));
            build?.Invoke(services);
        }
    }

    private static void Map(WebApplication app)
    {
        app.MapHelios("/helios").RequireAuthorization(Staff);
        app.MapHelios("/open");
    }

    private static void AddSchemes(IServiceCollection services, TimeProvider time)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthentication("either")
            .AddPolicyScheme(
                "either", null, options => options.ForwardDefaultSelector = context => context.Request.Headers.ContainsKey("Authorization")
                    ? JwtBearerDefaults.AuthenticationScheme
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddJwtBearer(options =>
            {
                var rules = options.TokenValidationParameters;
                (rules.ValidIssuer, rules.ValidAudience, rules.IssuerSigningKey) = (
                    Credentials.Issuer, Credentials.Audience, Credentials.Key);
                rules.LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime;
            })
            .AddCookie(options =>
                (options.TimeProvider, options.TicketDataFormat, options.SlidingExpiration) = (time, Credentials.CookieFormat, false));
    }
}
