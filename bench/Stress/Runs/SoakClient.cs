using System.Net.Sockets;
using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>One client of a soak. It sends requests, joins and leaves groups, disconnects, and reconnects or starts again.</summary>
internal sealed class SoakClient(int port, Random random, SoakCounts counts)
{
    private readonly bool _resumes = random.Next(10) < 7;
    private string? _token;
    private string? _epoch;
    private long _attempt;
    private long _received;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LiveAsync(stop);
                await Task.Delay(random.Next(200, 5000), stop);
            }
            catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
            {
                counts.Break();
            }
            catch (OperationCanceledException)
            {
                // Stopped.
            }
            // Some clients never come back; a new client takes their place.
            if (random.Next(10) < 4) (_token, _epoch, _received) = (null, null, 0);
        }
    }

    private async Task LiveAsync(CancellationToken stop)
    {
        using var connection = await RawConnection.ConnectAsync(port, Query());
        counts.Connect();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = ReadAsync(connection, end.Token);
        try
        {
            await TalkAsync(connection, random.Next(5, 20), stop);
        }
        finally
        {
            if (random.Next(2) == 0) connection.Reset();
            else connection.Dispose();
            await end.CancelAsync();
            await reading;
        }
    }

    private string Query() => (_resumes, _token, _epoch) switch
    {
        (true, null, _) => $"?resume=1&instance=soak&attempt={++_attempt}",
        (true, _, { } epoch) => $"?recover={_token}&resume=1&epoch={epoch}&received={_received}&instance=soak&attempt={++_attempt}",
        (_, { } token, _) => $"?recover={token}",
        _ => "",
    };

    private async Task TalkAsync(RawConnection connection, int turns, CancellationToken stop)
    {
        if (!_resumes) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "starling:getToken"), stop);
        await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:join", $"\"{TargetServer.Group}\""), stop);
        for (var i = 0; i < turns; i++)
        {
            await connection.SendAsync(Something(), stop);
            await Task.Delay(random.Next(200, 1500), stop);
        }
        // Sometimes a close frame with 1001, which is not a goodbye.
        if (random.Next(3) == 0) await connection.SendAsync(Frames.Make(Frames.Close, [0x03, 0xE9]), stop);
    }

    private byte[] Something() => random.Next(8) switch
    {
        0 => Frames.Request(Guid.NewGuid(), "stress:join", $"\"room-{random.Next(200)}\""),
        1 => Frames.Request(Guid.NewGuid(), "stress:leave", $"\"room-{random.Next(200)}\""),
        2 => Frames.Request(Guid.NewGuid(), "stress:wait", $"{random.Next(1, 500)}"),
        3 => Frames.Request(Guid.NewGuid(), "stress:large", $"{random.Next(1, 100_000)}"),
        4 => Frames.Request(Guid.NewGuid(), "stress:throw"),
        5 => Frames.Request(Guid.NewGuid(), "no:such", "{}"),
        6 => Frames.RequestOfSize(Guid.NewGuid(), "stress:echo", random.Next(300, 50_000)),
        _ => Frames.Request(Guid.NewGuid(), "stress:set", $"\"key-{random.Next(100)}\""),
    };

    private async Task ReadAsync(RawConnection connection, CancellationToken stop)
    {
        try
        {
            var isFirst = _resumes;
            while (await connection.ReceiveAsync(stop) is { } frame)
            {
                if (isFirst) Welcome(frame.Payload);
                else await TakeAsync(connection, frame.Payload, stop);
                isFirst = false;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException
            or IOException)
        {
            // The connection ended.
        }
    }

    private void Welcome(ReadOnlyMemory<byte> message)
    {
        var data = JsonElement.Parse(message.Span).GetProperty("notification").GetProperty("data");
        var epoch = data.GetProperty("epoch").GetString();
        if (epoch != _epoch) _received = 0;
        if (_epoch is not null) counts.Recover(isSame: epoch == _epoch);
        (_epoch, _token) = (epoch, data.GetProperty("token").GetString());
    }

    private async ValueTask TakeAsync(RawConnection connection, ReadOnlyMemory<byte> payload, CancellationToken stop)
    {
        counts.Take();
        var message = payload.Span;
        if (message.IndexOf("\"expiresIn\""u8) >= 0) TakeToken(message);
        if (!_resumes || message.IndexOf("\"type\":\"ack\""u8) >= 0) return;
        if (message.IndexOf("\"topic\":\"connection:missed\""u8) >= 0)
            _received += JsonElement.Parse(message).GetProperty("notification").GetProperty("data").GetProperty("missed").GetInt64();
        else _received++;
        if (_received % 32 == 0) await connection.SendAsync(Frames.Ack(_received), stop);
    }

    private void TakeToken(ReadOnlySpan<byte> message)
    {
        var whole = JsonElement.Parse(message);
        var data = whole.TryGetProperty("data", out var answer) ? answer : whole.GetProperty("notification").GetProperty("data");
        if (data.TryGetProperty("token", out var token)) _token = token.GetString();
    }
}
