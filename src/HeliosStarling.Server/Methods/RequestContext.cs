using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>What a method's handler knows of its request, and how it answers.</summary>
public sealed class RequestContext : RequestContextBase
{
    private IServiceProvider? _services;

    private RequestContext(InboundRequest request)
        : base(request)
    {
    }

    /// <summary>Who called.</summary>
    public Starling Starling => ((StarlingSession)Session).Starling;

    /// <summary>The server.</summary>
    public Helios Helios => Starling.Helios;

    /// <summary>Who connected; anonymous unless the endpoint authenticates.</summary>
    public ClaimsPrincipal User => Starling.User;

    /// <summary>Services of a scope of this request's own, made at first use and disposed of after the handler.</summary>
    /// <exception cref="InvalidOperationException">They are asked for the first time after the handler has ended.</exception>
    public IServiceProvider Services => Volatile.Read(ref _services) ?? CreateScope();

    internal override IServiceProvider LazyRequestServices => new LazyRequestServices(this);

    /// <summary>The context of a request: one for its filters and its handler.</summary>
    internal static RequestContext Of(InboundRequest request) => (RequestContext)(request.Context ??= new RequestContext(request));

    private IServiceProvider CreateScope()
    {
        IAsyncDisposable made = Starling.Node.Services.CreateAsyncScope();
        var owned = Request.Run.Own(made);
        if (owned != made) ((AsyncServiceScope)made).Dispose();
        if (owned is not AsyncServiceScope scope)
            throw new InvalidOperationException("The request's services live until the handler's task ends. Get them before.");
        Volatile.Write(ref _services, scope.ServiceProvider);
        return scope.ServiceProvider;
    }
}
