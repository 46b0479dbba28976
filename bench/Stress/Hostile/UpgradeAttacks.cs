using System.Text;

namespace HeliosStarling.Stress;

/// <summary>Sockets that never become connections.</summary>
internal static class UpgradeAttacks
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("silent sockets", SilentAsync),
        new("slow heads", SlowAsync),
        new("odd requests", OddAsync),
        new("connections over the rate", HurryAsync),
    ];

    private static async Task SilentAsync(Attacker attacker, CancellationToken stop)
    {
        var sockets = new List<IDisposable>();
        try
        {
            for (var i = 0; i < 30; i++) sockets.Add(await attacker.OpenAsync(stop));
            await Attacker.WaitForStopAsync(stop);
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private static async Task SlowAsync(Attacker attacker, CancellationToken stop)
    {
        using var socket = await attacker.OpenAsync(stop);
        var head = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {new string('x', attacker.Random.Next(15_000))}");
        for (int at = 0, length; at < head.Length; at += length)
        {
            length = Math.Min(attacker.Random.Next(1, 400), head.Length - at);
            await socket.SendAsync(head.AsMemory(at, length), stop);
            await Task.Delay(5, stop);
        }
        await Attacker.WaitForStopAsync(stop);
    }

    private static async Task OddAsync(Attacker attacker, CancellationToken stop)
    {
        using var socket = await attacker.OpenAsync(stop);
        await socket.SendAsync(Encoding.Latin1.GetBytes(Odd(attacker.Random)), stop);
        var answer = new byte[4096];
        while (await socket.ReceiveAsync(answer, stop) > 0)
        {
        }
    }

    private static string Odd(Random random) => random.Next(9) switch
    {
        0 => $"GET /?recover=x&resume=1&instance=i&attempt=6%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n",
        1 => $"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n",
        2 => $"GET / HTTP/1.1\nHost: 127.0.0.1\nUpgrade: websocket\nConnection: Upgrade\n{Key}\n",
        3 => $"GET / HTTP/1.1\r\nHost: rebound.example\r\nOrigin: http://rebound.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n",
        4 => $"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: null\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n",
        5 => $"GET / HTTP/1.1\r\nHost: 127.0.0.1:80\0\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n",
        6 => $"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n{new string('b', 50_000)}",
        7 => new string('\u00ff', random.Next(1, 20_000)),
        _ => "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    };

    /// <summary>Sends upgrade requests and does not wait for the answers.</summary>
    private static async Task HurryAsync(Attacker attacker, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var socket = await attacker.OpenAsync(stop);
            await socket.SendAsync(
                Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{Key}\r\n"),
                stop);
            await Attacker.PauseAsync(stop);
        }
    }
}
