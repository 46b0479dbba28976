using System.Net;
using System.Net.Sockets;
using System.Text;
using HeliosStarling.Wire;

namespace HeliosStarling.Limits;

/// <summary>Sockets that are opened from one address and then say nothing more.</summary>
internal sealed class SilentSockets : IAsyncDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _ends = [];
    private int _ended;

    /// <summary>How many the server has not ended.</summary>
    public int OpenCount => _sockets.Count - Volatile.Read(ref _ended);

    /// <param name="server">The server.</param>
    /// <param name="from">Their address; null for any.</param>
    /// <param name="count">How many.</param>
    /// <param name="sent">What each of them sends. Default nothing.</param>
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

    /// <summary>So many have been ended by the server.</summary>
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
            // It was reset, or disposed of here.
        }
        Interlocked.Increment(ref _ended);
    }
}
