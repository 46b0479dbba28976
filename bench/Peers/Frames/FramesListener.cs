using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Peers;

/// <summary>The echo of frames over its own sockets.</summary>
internal static class FramesListener
{
    private const int Backlog = 512;

    public static void Start(Settings settings)
    {
        var address = new Uri(settings.AddressOf(Settings.Frames));
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
        listener.Listen(Backlog);
        _ = AcceptAsync(listener);
    }

    private static async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            ThreadPool.UnsafeQueueUserWorkItem(static socket => _ = RunAsync(socket), socket, preferLocal: false);
        }
    }

    private static async Task RunAsync(Socket socket)
    {
        await using var stream = new SocketStream(socket, Poller.Shared);
        try
        {
            socket.NoDelay = true;
            if (await OpenAsync(stream) is not { } early) return;
            using var connection = new FramesConnection(stream);
            await connection.RunAsync(early);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // The client has disconnected.
        }
        finally
        {
            stream.Cut();
        }
    }

    /// <summary>Answers the upgrade request.</summary>
    /// <returns>Bytes after the request; null when the upgrade was refused.</returns>
    private static async Task<byte[]?> OpenAsync(SocketStream stream)
    {
        var buffer = new byte[RequestHead.MaxSize];
        for (var length = 0; ;)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length));
            if (count == 0) return null;
            length += count;
            var status = RequestHeadReader.TryRead(buffer.AsSpan(0, length), out var head, out var refusal);
            if (status == HeadStatus.Incomplete) continue;
            UpgradeAcceptance? acceptance = null;
            refusal ??= UpgradeRules.CheckHandshake(head!, out acceptance);
            await stream.WriteAsync(refusal is null ? UpgradeResponse.Accept(acceptance!) : UpgradeResponse.Refuse(refusal));
            return refusal is null ? buffer[head!.Size..length] : null;
        }
    }
}
