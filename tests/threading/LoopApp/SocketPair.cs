using System.Net;
using System.Net.Sockets;

namespace LoopApp;

/// <summary>Two ends of a connection, to wait for a real socket.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly Socket _sender;
    private readonly Socket _receiver;

    private SocketPair(Socket sender, Socket receiver) => (_sender, _receiver) = (sender, receiver);

    public static SocketPair Open()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sender.Connect(listener.LocalEndPoint!);
        return new SocketPair(sender, listener.Accept());
    }

    /// <summary>Which thread goes on when bytes come.</summary>
    /// <param name="plain">Whether they are awaited without <c>ConfigureAwait(false)</c>.</param>
    public Task<string> ReceiveAsync(bool plain)
    {
        var resumed = ResumeAsync();
        // It waits by now, else it would go on at once.
        _sender.Send([1]);
        return resumed;

        async Task<string> ResumeAsync()
        {
            await _receiver.ReceiveAsync(new byte[1]).ConfigureAwait(plain);
            return Handlers.Here;
        }
    }

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }
}
