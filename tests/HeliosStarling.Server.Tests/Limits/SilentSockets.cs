using System.Net;
using System.Net.Sockets;
using System.Text;
using HeliosStarling.Wire;

namespace HeliosStarling.Limits;

/// <summary>Sockets from one address that send nothing further.</summary>
internal sealed class SilentSockets : IAsyncDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _ends = [];
    private int _ended;

    /// <summary>The number of sockets that the server has not closed.</summary>
    public int OpenCount => _sockets.Count - Volatile.Read(ref _ended);

    /// <param name="server">The server.</param>
    /// <param name="from">The local address; null for any.</param>
    /// <param name="count">The number.</param>
    /// <param name="sent">The bytes that each socket sends. Default none.</param>
    public static async Task<SilentSockets> OpenAsync(WireServer server, IPAddress? from, int count, string sent = "")
    {
        var silent = new SilentSockets();
        for (var i = 0; i < count; i++)
        {
            var socket = Connect(server.Address, from);
            silent._sockets.Add(socket);
            silent._ends.Add(silent.WaitForEndAsync(socket));
            if (sent.Length > 0) await socket.SendAsync(Encoding.ASCII.GetBytes(sent)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        return silent;
    }

    public static Socket Connect(EndPoint server, IPAddress? from)
    {
        var socket =
            new Socket(server.AddressFamily, SocketType.Stream, server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (from is not null) socket.Bind(new IPEndPoint(from, 0));
        socket.Connect(server);
        return socket;
    }

    /// <summary>Waits until the server has closed this many.</summary>
    public Task EndedAsync(int count) => Bound.EventuallyAsync(() => Volatile.Read(ref _ended) >= count, $"{count} sockets are ended");

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets) socket.Dispose();
        await Task.WhenAll(_ends).InTime();
    }

    private async Task WaitForEndAsync(Socket socket)
    {
        try
        {
            while (await socket.ReceiveAsync(new byte[1]) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Reset by the server or disposed of here.
        }
        Interlocked.Increment(ref _ended);
    }
}
