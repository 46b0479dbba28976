using System.Net;
using HeliosStarling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a Helios server to a path.</summary>
public static class HeliosEndpointRouteBuilderExtensions
{
    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Connect];

    /// <summary>Maps the server to a path. Clients connect there over HTTP/1.1 or HTTP/2.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="pattern">The path, for example <c>/helios</c>.</param>
    /// <param name="name">The name that was given to <c>AddHelios</c>. Default the server without a name.</param>
    /// <returns>A builder for further conventions, for example <c>RequireAuthorization</c>.</returns>
    /// <remarks>
    /// A client that <c>RequireAuthorization</c> refuses gets 401 <c>AUTH_REQUIRED</c> or 403 <c>METHOD_NOT_ALLOWED</c> with the JSON body
    /// of every refusal, never a redirect. Browsers cannot set headers on a WebSocket, so a client may send its token as
    /// <c>access_token</c> in the query. The token is removed from the query before the query is logged. The authentication handlers see it
    /// as
    /// <c>Authorization: Bearer …</c>, unless the request has that header.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddHelios</c> was not called.</exception>
    /// <exception cref="ObjectDisposedException">The server has stopped.</exception>
    public static IEndpointConventionBuilder MapHelios(
        this IEndpointRouteBuilder endpoints, [System.Diagnostics.CodeAnalysis.StringSyntax("Route")] string pattern, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var helios = endpoints.ServiceProvider.GetHelios(name);
        helios.Connections.ThrowIfStopped();
        FileHandles.LimitConnections(helios.Node, helios.Connections);
        return endpoints.MapMethods(pattern, s_methods, context => RunAsync(helios, context))
            .WithDisplayName($"Helios {pattern}")
            .DisableHttpMetrics()
            .WithMetadata(new HeliosEndpoint(helios), new DisableRequestTimeoutAttribute());
    }

    private static async Task RunAsync(Helios helios, HttpContext context)
    {
        // A method of its own, so that the objects of the upgrade are not kept for the life of the connection.
        if (await BeginAsync(helios, context).ConfigureAwait(false) is not { Running: var running, Address: var address }) return;
        try
        {
            await running.ConfigureAwait(false);
        }
        finally
        {
            helios.Gate.Leave(address);
        }
    }

    /// <summary>Upgrades a request. Returns null when it is refused.</summary>
    /// <returns>The running connection, for which a place was taken, and the address that the place counts for.</returns>
    private static async Task<(Task Running, IPAddress? Address)?> BeginAsync(Helios helios, HttpContext context)
    {
        var request = new HttpUpgradeRequest(context);
        var upgrade = request.ToContext(hasFilters: helios.Gate.Filters.All.Length > 0);
        var (refusal, acceptance) = await helios.Gate.EnterAsync(request, upgrade).ConfigureAwait(false);
        if (refusal is null)
        {
            try
            {
                if (await request.TryAcceptAsync(acceptance!).ConfigureAwait(false) is { } stream)
                {
                    helios.Gate.OnAccepted(request);
                    return (helios.Connections.RunAsync(
                        stream,
                        default,
                        upgrade.ToArrival() with { Endpoint = context.GetEndpoint() },
                        context.Abort,
                        request.IsHttp2Connect), acceptance!.Address);
                }
            }
            catch
            {
                helios.Gate.Leave(acceptance!.Address);
                throw;
            }
            helios.Gate.Leave(acceptance!.Address);
            refusal = Refusals.WebServerLimit(helios.Options.ConnectionTimeout);
            helios.Gate.OnRefused(refusal);
        }
        await request.RefuseAsync(refusal).ConfigureAwait(false);
        return null;
    }
}
