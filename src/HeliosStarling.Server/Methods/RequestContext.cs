using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>The context of a request in a method handler.</summary>
public sealed class RequestContext : RequestContextBase
{
    private IServiceProvider? _services;

    private RequestContext(InboundRequest request)
        : base(request)
    {
    }

    /// <summary>The starling that sent the request.</summary>
    public Starling Starling => ((StarlingSession)Session).Starling;

    /// <summary>The server.</summary>
    public Helios Helios => Starling.Helios;

    /// <summary>The user of the starling; anonymous unless the endpoint authenticates.</summary>
    public ClaimsPrincipal User => Starling.User;

    /// <summary>The services of the request's own scope. It is created at first use and disposed after the handler.</summary>
    /// <exception cref="InvalidOperationException">The property is used for the first time after the handler has ended.</exception>
    public IServiceProvider Services => Volatile.Read(ref _services) ?? CreateScope();

    internal override IServiceProvider LazyRequestServices => new LazyRequestServices(this);

    /// <summary>Gets the context of a request. Its filters and its handler share it.</summary>
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
