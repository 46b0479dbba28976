namespace HeliosStarling.Stress;

/// <summary>Hostile clients that try to use up the server's memory.</summary>
/// <param name="maxMessageSize">The largest message that the server takes.</param>
internal sealed class MemoryAttacks(int maxMessageSize)
{
    private readonly LargeRequest _largestEcho = new("stress:echo", maxMessageSize);
    private readonly LargeRequest _largestHeld = new("stress:hold", maxMessageSize);
    private readonly byte[] _largestText = Frames.OfText(new string('x', maxMessageSize));
    private readonly byte[] _largestBinary = Frames.Make(Frames.Binary, new byte[maxMessageSize]);
    private readonly byte[] _beginning = Frames.Make(Frames.Text, "{\"protocol\":\"helios-starling\",\"a\":\""u8, final: false);
    private readonly byte[] _fragment = Frames.Make(Frames.Continuation, "xxxxxxxxxxxxxxxx"u8, final: false);
    private readonly byte[] _emptyFragments = Many(Frames.Make(Frames.Continuation, [], final: false), 500);
    private readonly byte[] _tinyFrames = Many(Frames.Make(Frames.Text, "{}"u8), 200);
    private readonly byte[] _pings = Many(Frames.Make(Frames.Ping, new byte[125]), 50);

    public IReadOnlyList<HostileKind> All =>
    [
        new("largest requests, held", HoldLargestAsync),
        new("largest requests, answers unread", EchoUnreadAsync, Reads: false, ReceiveBuffer: 4096),
        new("largest text and binary", LargestOtherAsync),
        new("largest messages, half come", HalfComeAsync),
        new("endless fragments", FragmentsAsync),
        new("tiny frames", TinyAsync),
        new("pings, pongs unread", PingAsync, Reads: false, ReceiveBuffer: 4096),
        new("subscriptions, groups, data", JoinAsync),
        new("unknown methods", UnknownMethodsAsync),
        new("unknown request ids", UnknownIdsAsync),
    ];

    private async Task HoldLargestAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true) await _largestHeld.SendAsync(connection, stop);
    }

    private async Task EchoUnreadAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true) await _largestEcho.SendAsync(connection, stop);
    }

    private async Task LargestOtherAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true) await SendSlowlyAsync(connection, random.Next(2) == 0 ? _largestText : _largestBinary, stop);
    }

    private async Task HalfComeAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await connection.SendAsync(_largestEcho.Frame[..^1], stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
    }

    private async Task FragmentsAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await connection.SendAsync(_beginning, stop);
        while (true)
        {
            await connection.SendAsync(_emptyFragments, stop);
            await SendSlowlyAsync(connection, _fragment, stop);
        }
    }

    private async Task TinyAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true) await SendSlowlyAsync(connection, _tinyFrames, stop);
    }

    private async Task PingAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true)
        {
            await connection.SendAsync(Frames.MessagePing(Guid.NewGuid()), stop);
            await SendSlowlyAsync(connection, _pings, stop);
        }
    }

    private static async Task JoinAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true)
        {
            var name = $"{Guid.NewGuid()}:{new string('g', random.Next(1000))}";
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:join", $"\"{name}\""), stop);
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:set", $"\"{name}\""), stop);
            await SendSlowlyAsync(connection, Frames.Notification("stress:note", "{}"), stop);
        }
    }

    private static async Task UnknownMethodsAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true) await SendSlowlyAsync(connection, Frames.Request(Guid.NewGuid(), $"no:m{random.NextInt64()}", "{}"), stop);
    }

    private static async Task UnknownIdsAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        while (true)
        {
            await connection.SendAsync(Frames.Notification("system:cancel", "{}", Guid.NewGuid()), stop);
            await SendSlowlyAsync(connection, Frames.Notification("progress", "1", Guid.NewGuid()), stop);
        }
    }

    /// <summary>Sends as fast as the server reads, and lets other clients of this process run in between.</summary>
    private static async Task SendSlowlyAsync(RawConnection connection, byte[] bytes, CancellationToken stop)
    {
        await connection.SendAsync(bytes, stop);
        await Task.Delay(1, stop);
    }

    private static byte[] Many(byte[] frame, int count) => [.. Enumerable.Repeat(frame, count).SelectMany(bytes => bytes)];
}
