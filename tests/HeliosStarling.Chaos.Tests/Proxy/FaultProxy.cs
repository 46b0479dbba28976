using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Chaos;

/// <summary>A proxy between clients and a server that makes network faults, repeatable by a seed.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly IPEndPoint _server;
    private readonly Random _seeds;
    private readonly Task _accepting;
    private volatile bool _isCalm;

    public FaultProxy(int serverPort, int seed)
    {
        (_server, _seeds) = (new IPEndPoint(IPAddress.Loopback, serverPort), new Random(seed));
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");

    public FaultCounts Counts { get; } = new();

    public MessageProgress Progress { get; } = new();

    /// <summary>Whether faults have ended.</summary>
    public bool IsCalm => _isCalm;

    /// <summary>Ends all faults. Resets connections that lose data.</summary>
    public void Calm()
    {
        _isCalm = true;
        foreach (var connection in _connections.Keys) connection.CutIfSilenced();
    }

    public async ValueTask DisposeAsync()
    {
        _isCalm = true;
        _listener.Dispose();
        await _accepting;
        foreach (var connection in _connections.Keys) connection.Cut();
        await Task.WhenAll(_connections.Values);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new ProxiedConnection(this, await _listener.AcceptAsync(), _seeds.Next());
                _connections[connection] = RunAsync(connection);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The proxy was disposed of.
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        await Task.Yield();
        await connection.RunAsync(_server);
        _connections.TryRemove(connection, out _);
    }
}
