using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>Clients that connect, disconnect and recover, with invalid tokens and unusual user ids.</summary>
internal static class RecoveryAttacks
{
    // Few: memory is shared by user, so an attacker with unlimited accounts could take all of it.
    private const int Users = 4;

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("coming and going", ComeAndGoAsync),
        new("large states left behind", SaveAsync),
        new("recoveries at once", RecoverAtOnceAsync),
        new("odd tokens", OddTokenAsync),
        new("aborted admissions", AbortAsync),
        new("returns that never read", ReturnUnreadAsync),
    ];

    private static async Task ComeAndGoAsync(Attacker attacker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync($"?resume=1{User(attacker.Random)}");
            if (attacker.Random.Next(3) == 0)
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:join", $"\"{TargetServer.Group}\""), stop);
            if (attacker.Random.Next(3) == 0) await connection.ReceiveAsync(stop);
            if (attacker.Random.Next(2) == 0) connection.Reset();
        }
    }

    private static async Task SaveAsync(Attacker attacker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync($"?resume=1{User(attacker.Random)}");
            await connection.SendAsync(
                Frames.Request(Guid.NewGuid(), "stress:save", $"\"{new string('s', attacker.Random.Next(200_000))}\""), stop);
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "starling:getToken"), stop);
            while (await connection.ReceiveAsync(stop) is { } frame && frame.Payload.Span.IndexOf("\"expiresIn\":"u8) < 0)
            {
            }
            if (attacker.Random.Next(3) == 0) await connection.SendAsync(Frames.Make(Frames.Close, [0x03, 0xE8]), stop);
        }
    }

    private static async Task RecoverAtOnceAsync(Attacker attacker, CancellationToken stop)
    {
        var user = User(attacker.Random);
        var (token, epoch) = await LeaveAsync(attacker, user);
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, attacker.Random.Next(2, 6)).Select(async _ =>
            {
                var claim = attacker.Random.Next(2) == 0 ? $"&resume=1&epoch={epoch}&received={attacker.Random.Next(3)}&instance=i{attacker.Random.Next(3)}&attempt={attacker.Random.Next(9)}" : "";
                using var connection = await attacker.ConnectAsync($"?recover={token}{claim}{user}");
                await connection.ReceiveAsync(stop);
            }));
        }
    }

    private static async Task OddTokenAsync(Attacker attacker, CancellationToken stop)
    {
        var (token, epoch) = await LeaveAsync(attacker, "");
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync(attacker.Random.Next(6) switch
            {
                0 => $"?recover={token}&user=somebody.else",
                1 => $"?recover={token[..attacker.Random.Next(token.Length)]}",
                2 => $"?recover={token}&resume=1&epoch={epoch}&received=99999",
                3 => $"?recover={token}&resume=1&epoch={new string('e', attacker.Random.Next(3000))}&received=-1&instance={new string('i', attacker.Random.Next(99))}&attempt=99999999999999999999",
                4 => $"?recover={new string('a', attacker.Random.Next(8_000))}.b.c&strict=1",
                _ => $"?recover={token}{token}&resume=1",
            });
            await connection.ReceiveAsync(stop);
        }
    }

    /// <summary>Disconnects while the server still admits the client.</summary>
    private static async Task AbortAsync(Attacker attacker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync($"?resume=1&user=slow{attacker.Random.Next(Users)}");
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:echo", "1"), stop);
            await Task.Delay(attacker.Random.Next(30), stop);
            if (attacker.Random.Next(2) == 0) connection.Reset();
        }
    }

    private static async Task ReturnUnreadAsync(Attacker attacker, CancellationToken stop)
    {
        var (token, epoch) = await LeaveAsync(attacker, "");
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync(
                $"?recover={token}&resume=1&epoch={epoch}&received=0&instance=i0&attempt={attacker.Random.Next(2, 99)}",
                receiveBuffer: 4096);
            for (var i = 0; i < 20; i++)
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:large", $"{attacker.Random.Next(60_000)}"), stop);
            await Task.Delay(attacker.Random.Next(50), stop);
        }
    }

    /// <summary>Creates a starling and disconnects.</summary>
    private static async Task<(string Token, string Epoch)> LeaveAsync(Attacker attacker, string user)
    {
        using var connection = await attacker.ConnectAsync($"?resume=1&instance=i0&attempt=1{user}");
        if (await connection.ReceiveAsync() is not { } welcome) throw new IOException($"Closed with {connection.CloseCode}.");
        var data = JsonElement.Parse(welcome.Payload.Span).GetProperty("notification").GetProperty("data");
        return (data.GetProperty("token").GetString()!, data.GetProperty("epoch").GetString()!);
    }

    private static string User(Random random) => random.Next(4) switch
    {
        0 => $"&user={random.Next(Users)}{new string('u', 2_600)}",
        1 => $"&user=slow{random.Next(Users)}",
        _ => "",
    };
}
