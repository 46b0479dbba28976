using System.Security.Claims;
using HeliosStarling.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling.Authentication;

/// <summary>Authorization of single methods and topics.</summary>
public sealed class RequireAuthorizationTests
{
    private static readonly ClaimsPrincipal s_ada = Credentials.Of("ada").ToPrincipal();
    private static readonly ClaimsPrincipal s_visitor = Credentials.Of("max", team: "visitors").ToPrincipal();

    [Fact]
    public async Task Default_WithoutServices_LetsInWhoIsSignedIn()
    {
        await using var helios = Helios.Create();
        Ask(helios).RequireAuthorization();

        Assert.Equal(("AUTH_REQUIRED", "yes"), (await AnswerAsync(helios, null), await AnswerAsync(helios, s_ada)));
    }

    [Fact]
    public async Task Default_WithServices_IsTheApplicationsDefaultPolicy()
    {
        await using var helios = Helios.Create(
            services: Services(options => options.DefaultPolicy = new AuthorizationPolicyBuilder().RequireClaim("team", "staff").Build()));
        Ask(helios).RequireAuthorization();

        Assert.Equal(
            ("AUTH_REQUIRED", "METHOD_NOT_ALLOWED", "yes"),
            (await AnswerAsync(helios, null), await AnswerAsync(helios, s_visitor), await AnswerAsync(helios, s_ada)));
    }

    [Fact]
    public async Task Function_OfTheUser_IsAskedForThoseWhoAreSignedIn()
    {
        await using var helios = Helios.Create();
        Ask(helios).RequireAuthorization(user => !user.HasClaim("team", "visitors"));

        Assert.Equal(
            ("AUTH_REQUIRED", "METHOD_NOT_ALLOWED", "yes"),
            (await AnswerAsync(helios, null), await AnswerAsync(helios, s_visitor), await AnswerAsync(helios, s_ada)));
    }

    [Fact]
    public async Task Rules_Several_MustAllBeKept()
    {
        await using var helios = Helios.Create();
        Ask(helios).RequireAuthorization().RequireAuthorization(user => user.HasClaim("team", "staff"));

        Assert.Equal(("METHOD_NOT_ALLOWED", "yes"), (await AnswerAsync(helios, s_visitor), await AnswerAsync(helios, s_ada)));
    }

    [Fact]
    public async Task Policy_WithAHandlerOfTheRequestsScope_GetsTheContextAsItsResource()
    {
        var services = new ServiceCollection().AddLogging().AddScoped<IAuthorizationHandler, ResourceHandler>();
        services.AddAuthorizationBuilder();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var helios = Helios.Create(services: provider);
        var policy = new AuthorizationPolicyBuilder().AddRequirements(new ResourceRequirement()).Build();
        Ask(helios).RequireAuthorization(policy);
        helios.On("test:tell", async (string data, TopicContext context) => await context.Starling.SendTextAsync(data))
            .RequireAuthorization(policy);
        await using var mock = new MockStarling(helios, s_ada);

        Assert.Equal("yes", (await mock.RequestAsync<string>("test:ask")).Data);
        await mock.NotifyAsync("test:tell", "told");
        Assert.Equal("told", await mock.ReceiveTextAsync().InTime());
    }

    [Fact]
    public async Task RateLimit_WhereverItStands_ComesBeforeTheRule()
    {
        await using var helios = Helios.Create();
        Ask(helios).RequireAuthorization().LimitRate(1, TimeSpan.FromMinutes(1));
        await using var mock = new MockStarling(helios);

        Assert.Equal("AUTH_REQUIRED", (await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<string>("test:ask"))).Code);
        Assert.Equal("RATE_LIMIT_EXCEEDED", (await Assert.ThrowsAsync<HeliosException>(() => mock.RequestAsync<string>("test:ask"))).Code);
    }

    [Fact]
    public async Task Rule_ComesBeforeFilters()
    {
        var filtered = false;
        await using var helios = Helios.Create();
        helios.Use((_, next) =>
        {
            filtered = true;
            return next();
        });
        Ask(helios).RequireAuthorization();

        await AnswerAsync(helios, null);

        Assert.False(filtered);
    }

    [Fact]
    public async Task Policy_ThatDoesNotExist_StopsTheStartAndLeavesNothingUnguarded()
    {
        await using var helios = Helios.Create(services: Services());

        var fault = Assert.Throws<InvalidOperationException>(() => Ask(helios).RequireAuthorization("nobody knows"));
        Assert.Throws<InvalidOperationException>(() => AddTopic(helios).RequireAuthorization("nobody knows"));

        Assert.Equal("""There is no authorization policy 'nobody knows'. Add it with builder.Services.AddAuthorizationBuilder().AddPolicy("nobody knows", …), or correct the name.""", fault.Message);
        Assert.False(helios.Methods.Contains("test:ask"));
        Assert.Empty(helios.Topics.Patterns);
    }

    [Fact]
    public async Task Policy_WithoutAuthorizationServices_StopsTheStart()
    {
        await using var helios = Helios.Create();

        var fault = Assert.Throws<InvalidOperationException>(() => Ask(helios).RequireAuthorization("staff"));
        Assert.Throws<InvalidOperationException>(
            () => AddTopic(helios).RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));

        Assert.Equal("An authorization policy needs the application's authorization services. Call builder.Services.AddAuthorization(), or give RequireAuthorization a function of the user.", fault.Message);
    }

    private static MethodRegistration<RequestContext> Ask(Helios helios) =>
        helios.Method("test:ask", (RequestContext _) => ValueTask.FromResult("yes"));

    private static TopicRegistration<TopicContext> AddTopic(Helios helios) => helios.On("test:tell", (string _, TopicContext _) => { });

    private static ServiceProvider Services(Action<AuthorizationOptions>? configure = null) =>
        new ServiceCollection().AddLogging().AddAuthorization(configure ?? (_ => { })).BuildServiceProvider();

    private static async Task<string> AnswerAsync(Helios helios, ClaimsPrincipal? user)
    {
        await using var mock = new MockStarling(helios, user);
        try
        {
            return (await mock.RequestAsync<string>("test:ask")).Data!;
        }
        catch (HeliosException refusal)
        {
            return refusal.Code;
        }
    }

    private sealed class ResourceRequirement : IAuthorizationRequirement;

    private sealed class ResourceHandler : AuthorizationHandler<ResourceRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ResourceRequirement requirement)
        {
            if (context.Resource is RequestContext { Method: "test:ask" } or TopicContext { Topic: "test:tell" })
                context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
