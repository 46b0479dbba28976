using HeliosStarling.Wire;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeliosStarling.Authentication;

/// <summary>Refusals at the Helios endpoint do not change other endpoints.</summary>
public sealed class EndpointRefusalTests
{
    [Fact]
    public async Task OtherEndpoint_Refused_StillGoesToItsLoginPage()
    {
        await using var server = await AuthServer.StartAsync(map: Map);

        var reply = await server.AskAsync(new UpgradeRequest("/page"));

        Assert.Equal(302, reply.Status);
        Assert.Contains("/Account/Login", reply.Headers["Location"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    public async Task HandlerOfTheApplication_RegisteredBefore_KeepsOtherEndpoints(ServiceLifetime lifetime)
    {
        IServiceCollection services = new ServiceCollection();
        services.Add(new ServiceDescriptor(typeof(IAuthorizationMiddlewareResultHandler), typeof(CustomRefusalHandler), lifetime));
        services.AddHelios();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();
        var context = new DefaultHttpContext();

        await scope.ServiceProvider.GetRequiredService<IAuthorizationMiddlewareResultHandler>()
            .HandleAsync(
                _ => Task.CompletedTask,
                context,
                new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build(),
                PolicyAuthorizationResult.Challenge());

        Assert.Equal(418, context.Response.StatusCode);
    }

    [Fact]
    public async Task Upgrades_OfThoseWhoTryOutTokens_AreLimited()
    {
        await using var server = await AuthServer.StartAsync(
            configure: options => options.RateLimits.Upgrades = new RateLimit(2, TimeSpan.FromMinutes(1)));
        var wrong = (Credentials.Of("eve") with { IsForUs = false }).In(UpgradeRequest.Valid, Place.JwtHeader);

        int[] statuses =
            [(await server.AskAsync(wrong)).Status, (await server.AskAsync(wrong)).Status, (await server.AskAsync(wrong)).Status];

        Assert.Equal([401, 401, 429], statuses);
    }

    [Fact]
    public async Task TicketThatIsNotAccepted_IsLoggedByTheNameOfItsFaultWithoutTheTicket()
    {
        await using var server = await AuthServer.StartAsync();
        var wrong = Credentials.Of("eve") with { IsForUs = false };

        await server.AskAsync(wrong.In(UpgradeRequest.Valid, Place.JwtHeader));

        var entry = Assert.Single(
            server.Log.Entries, entry => entry.Text.Contains("SecurityTokenInvalidAudienceException", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, entry.Level);
        Assert.DoesNotContain(server.Log.Everything, text => text.Contains(wrong.ToJwt(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task PolicyWithItsOwnSchemes_TicketHasExpired_IsToldApart()
    {
        await using var server = await AuthServer.StartAsync(build: services => services.AddAuthorizationBuilder()
            .AddPolicy(AuthServer.Staff, policy => policy.AddAuthenticationSchemes(
                CookieAuthenticationDefaults.AuthenticationScheme, JwtBearerDefaults.AuthenticationScheme).RequireClaim("team", "staff")));
        var expired = Credentials.Of("ada") with { ExpiresAt = ServerSetup.Start.AddMinutes(-1) };

        var reply = await server.AskAsync(expired.In(UpgradeRequest.Valid, Place.JwtHeader));

        Assert.Contains("\"AUTH_EXPIRED\"", reply.Body, StringComparison.Ordinal);
    }

    private static void Map(WebApplication app)
    {
        app.MapHelios("/helios").RequireAuthorization(AuthServer.Staff);
        app.MapGet("/page", () => "for members").RequireAuthorization();
    }

    private sealed class CustomRefusalHandler : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(
            RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            context.Response.StatusCode = 418;
            return Task.CompletedTask;
        }
    }
}
