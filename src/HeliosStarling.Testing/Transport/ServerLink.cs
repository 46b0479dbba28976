using System.Security.Claims;
using HeliosStarling.Protocol;

namespace HeliosStarling.Testing;

/// <summary>An in-memory connection to a real server.</summary>
internal sealed class ServerLink
{
    private readonly ByteChannel _toServer = new();
    private readonly ByteChannel _toClient = new();

    /// <exception cref="HeliosException">The server accepts no connection: <c>CONNECTION_LIMIT</c>.</exception>
    public ServerLink(Helios server, ClaimsPrincipal? user)
        : this(server, ArrivalOf(server, user))
    {
    }

    /// <exception cref="HeliosException">The server accepts no connection: <c>CONNECTION_LIMIT</c>.</exception>
    public ServerLink(Helios server, Arrival arrival)
    {
        if (!server.Connections.TryEnter())
            throw new HeliosException(
                ErrorCodes.ConnectionLimit, "The server takes no connection: MaxConnections is reached, or it is stopping.");
        Client = new InMemoryStream(_toClient, _toServer);
        Starling = arrival.Starling;
        Ended = RunAsync(server, arrival);
    }

    private static Arrival ArrivalOf(Helios server, ClaimsPrincipal? user)
    {
        var starling = new Starling(server.Node, user ?? new ClaimsPrincipal(new ClaimsIdentity()));
        return new Arrival(starling.User, RecoveryRequest.None, starling);
    }

    /// <summary>The client's end of the connection.</summary>
    public Stream Client { get; }

    /// <summary>The starling on the server; null when only the welcome contains its id.</summary>
    public Starling? Starling { get; }

    /// <summary>Completes when the server has ended the connection and its <c>starling:disconnected</c> handlers have run.</summary>
    public Task Ended { get; }

    /// <summary>Cuts the connection: both sides get a fault.</summary>
    public void Cut()
    {
        var fault = new IOException("The connection was cut.");
        _toServer.End(fault);
        _toClient.End(fault);
    }

    private async Task RunAsync(Helios server, Arrival arrival)
    {
        var stream = new InMemoryStream(_toServer, _toClient);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await server.Connections.RunAsync(stream, default, arrival, Cut, endSending: stream.EndSendingAsync).ConfigureAwait(false);
            }
            finally
            {
                server.Connections.Leave();
            }
        }
        if (Starling is { } starling) await starling.AnnounceAsync(static () => Task.CompletedTask).ConfigureAwait(false);
    }
}
