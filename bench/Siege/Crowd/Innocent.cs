using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace HeliosStarling.Siege;

/// <summary>A well-behaved client: in the group, takes all it is sent, asks now and then.</summary>
internal sealed class Innocent(RawConnection connection, Latencies deliveries, Latencies answers) : IDisposable
{
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private long _news;
    private long _asked;
    private long _answered;
    private long _failed;

    /// <summary>The number of the last broadcast that came.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>How many broadcasts came.</summary>
    public long News => Volatile.Read(ref _news);

    /// <summary>How many requests have no answer.</summary>
    public long Open => Volatile.Read(ref _asked) - Volatile.Read(ref _answered);

    public long Asked => Volatile.Read(ref _asked);

    /// <summary>How many requests failed.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>What its connection was closed with; null while it is open, 0 when it was cut.</summary>
    public int? Closed { get; private set; }

    /// <summary>Connects and joins the group.</summary>
    public static async Task<Innocent> ConnectAsync(int port, Latencies deliveries, Latencies answers)
    {
        var innocent = new Innocent(await RawConnection.ConnectAsync(port), deliveries, answers);
        _ = innocent.ReadAsync();
        await innocent.AskAsync("siege:join", $"\"{Fortress.Group}\"");
        await innocent._joined.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return innocent;
    }

    /// <summary>Asks; the answer counts when it comes.</summary>
    public async ValueTask AskAsync(string method, string payload)
    {
        var number = Interlocked.Increment(ref _asked);
        // The id says when it was asked.
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
            // Cut: by the server, or because all is over.
        }
        Closed ??= connection.CloseCode;
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (message.IndexOf("\"topic\":\"siege:news\""u8) >= 0) TakeNews(message);
        else if (message.IndexOf("\"requestId\":\""u8) is >= 0 and var at) TakeAnswer(message, message[(at + 13)..]);
    }

    private void TakeNews(ReadOnlySpan<byte> message)
    {
        deliveries.Add(Number(message, "\"at\":"u8));
        Interlocked.Increment(ref _news);
        Volatile.Write(ref _last, Number(message, "\"n\":"u8));
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
