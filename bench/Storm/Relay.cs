using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Bench;

/// <summary>Passes bytes between clients and a server, and cuts all connections at once on request.</summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly int _serverPort;

    public Relay(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start(8192);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void CutAll()
    {
        foreach (var socket in _sockets.Keys.Where(socket => _sockets.TryRemove(socket, out _))) Reset(socket);
    }

    public void Dispose()
    {
        _listener.Dispose();
        CutAll();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection has just ended.
        }
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RunAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The relay was disposed of.
        }
    }

    private async Task RunAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _serverPort));
            (_sockets[client], _sockets[server]) = (0, 0);
            await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (SocketException)
        {
            // The server has ended.
        }
        foreach (var socket in new[] { client, server })
        {
            _sockets.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is var count and > 0) await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection was cut.
        }
    }
}
