namespace HeliosStarling.Stress;

/// <summary>Many connections and starlings of one address, each of which takes as much as one may.</summary>
internal static class PartyAttacks
{
    private const int Connections = 6;
    private const int Requests = 250;

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("hanging requests of many connections", HangAsync),
        new("unread answers left behind", LeaveUnreadAsync),
    ];

    private static async Task HangAsync(Attacker attacker, CancellationToken stop)
    {
        var from = attacker.Address;
        var connections = new List<RawConnection>();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var connection = await attacker.ConnectAsync(from: from);
                connections.Add(connection);
                for (var k = 0; k < Requests; k++)
                    await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:hold", $"\"{new string('h', 30_000)}\""), stop);
            }
            await Attacker.WaitForStopAsync(stop);
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private static async Task LeaveUnreadAsync(Attacker attacker, CancellationToken stop)
    {
        var from = attacker.Address;
        while (!stop.IsCancellationRequested)
        {
            using var connection = await attacker.ConnectAsync("?resume=1", receiveBuffer: 4096, from);
            for (var i = 0; i < 70; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:large", "100000"), stop);
            await Attacker.PauseAsync(stop);
            connection.Reset();
        }
    }
}
