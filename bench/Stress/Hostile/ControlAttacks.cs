namespace HeliosStarling.Stress;

/// <summary>Floods of control frames, and connections that ignore a close.</summary>
internal static class ControlAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("ping storms", PingAsync),
        new("message pings, acks unread", MessagePingAsync),
        new("faults without a close", FaultAsync),
        new("acks of what was never sent", AckAsync),
    ];

    private static Task PingAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "",
        async (connection, end) =>
        {
            var pings = Enumerable.Range(0, attacker.Random.Next(17, 200))
                .SelectMany(i => Frames.Make(Frames.Ping, new byte[i % 126]))
                .ToArray();
            while (true)
            {
                await connection.SendAsync(pings, end);
                await Attacker.PauseAsync(end);
            }
        },
        stop,
        reads: attacker.Random.Next(2) == 0,
        receiveBuffer: 4096);

    private static Task MessagePingAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        attacker.Random.Next(2) == 0 ? "?resume=1" : "",
        async (connection, end) =>
        {
            while (true)
            {
                for (var i = 0; i < 100; i++) await connection.SendAsync(Frames.MessagePing(Guid.NewGuid()), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop,
        reads: false,
        receiveBuffer: 4096);

    /// <summary>Sends an invalid frame and ignores the server's close frame.</summary>
    private static Task FaultAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "",
        async (connection, end) =>
        {
            await connection.SendAsync(Fault(attacker.Random), end);
            for (var i = 0; i < 100; i++)
            {
                // A close frame byte by byte.
                await connection.SendAsync(new byte[] { 0x88 }, end);
                await Task.Delay(10, end);
            }
        },
        stop,
        reads: false);

    private static byte[] Fault(Random random) => random.Next(5) switch
    {
        0 => [0xC1, 0x80, 0, 0, 0, 0],
        1 => [0x81, 0x01, (byte)'x'],
        2 => Frames.Make(Frames.Text, [0xFF, 0xFE]),
        3 => Frames.Make(Frames.Close, [0x00]),
        _ => [0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0],
    };

    private static Task AckAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "?resume=1",
        async (connection, end) =>
        {
            while (true)
            {
                await connection.SendAsync(Frames.Ack(attacker.Random.Next(3) == 0 ? long.MaxValue : attacker.Random.Next(3)), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop);
}
