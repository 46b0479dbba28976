using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace HeliosStarling.Stress;

/// <summary>A client that behaves normally: it joins the group, reads everything, and sends a request from time to time.</summary>
internal sealed class NormalClient(RawConnection connection, Latencies deliveries, Latencies answers) : IDisposable
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastBroadcast;
    private long _broadcasts;
    private long _asked;
    private long _answered;
    private long _failed;

    /// <summary>The number of the last broadcast that was received.</summary>
    public long LastBroadcast => Volatile.Read(ref _lastBroadcast);

    /// <summary>The number of broadcasts received.</summary>
    public long Broadcasts => Volatile.Read(ref _broadcasts);

    /// <summary>The number of requests without an answer.</summary>
    public long Open => Volatile.Read(ref _asked) - Volatile.Read(ref _answered);

    public long Asked => Volatile.Read(ref _asked);

    /// <summary>The number of failed requests.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>The close code; null while the connection is open, 0 when it broke without a close frame.</summary>
    public int? Closed { get; private set; }

    /// <summary>Connects and joins the group.</summary>
    public static async Task<NormalClient> ConnectAsync(int port, Latencies deliveries, Latencies answers)
    {
        var client = new NormalClient(await RawConnection.ConnectAsync(port), deliveries, answers);
        _ = client.ReadAsync();
        await client.AskAsync("stress:join", $"\"{TargetServer.Group}\"");
        await client._joined.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return client;
    }

    /// <summary>Sends a request. The answer is counted when it arrives.</summary>
    public async ValueTask AskAsync(string method, string payload)
    {
        var number = Interlocked.Increment(ref _asked);
        // The id holds the time of sending.
        Span<byte> id = stackalloc byte[16];
        BitConverter.TryWriteBytes(id, Stopwatch.GetTimestamp());
        BitConverter.TryWriteBytes(id[8..], number);
        await SendAsync(Frames.Request(new Guid(id), method, payload));
    }

    public void Dispose() => connection.Dispose();

    private async ValueTask SendAsync(byte[] frame)
    {
        try
        {
            await connection.SendAsync(frame);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Closed ??= connection.CloseCode;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await connection.ReceiveAsync() is { } frame) Take(frame.Payload.Span);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection broke or was disposed of.
        }
        Closed ??= connection.CloseCode;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"topic\":\"stress:broadcast\""u8) >= 0) TakeBroadcast(message);
        else if (message.IndexOf("\"requestId\":\""u8) is >= 0 and var at) TakeAnswer(message, message[(at + 13)..]);
    }

    private void TakeBroadcast(ReadOnlySpan<byte> message)
    {
        deliveries.Add(Number(message, "\"sentAt\":"u8));
        Interlocked.Increment(ref _broadcasts);
        Volatile.Write(ref _lastBroadcast, Number(message, "\"number\":"u8));
    }

    private void TakeAnswer(ReadOnlySpan<byte> message, ReadOnlySpan<byte> idText)
    {
        if (!Utf8Parser.TryParse(idText, out Guid id, out _)) return;
        if (message.IndexOf("\"success\":true"u8) < 0) Interlocked.Increment(ref _failed);
        answers.Add(BitConverter.ToInt64(id.ToByteArray()));
        Interlocked.Increment(ref _answered);
        _joined.TrySetResult();
    }

    private static long Number(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name) =>
        Utf8Parser.TryParse(message[(message.IndexOf(name) + name.Length)..], out long number, out _) ? number : 0;
}
