using System.Text;

namespace HeliosStarling.Stress;

/// <summary>Hostile clients in the same group as the normal clients.</summary>
internal static class NoisyNeighbors
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<HostileKind> All { get; } =
    [
        new("never reads", NeverReadAsync, Reads: false, ReceiveBuffer: 4096),
        new("drips", DripAsync, Reads: false, ReceiveBuffer: 4096),
        new("floods", FloodAsync),
        new("blocks threads", BlockAsync),
        new("never ends or throws", HangAsync),
    ];

    /// <summary>Joins the group. All noisy neighbors begin with this.</summary>
    public static ValueTask JoinAsync(RawConnection connection, CancellationToken stop) =>
        connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:join", $"\"{TargetServer.Group}\""), stop);

    private static async Task NeverReadAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        // First more answers than the outbox holds, then more than the kernel's buffers hold. The latter are so small that none is refused.
        for (var i = 0; i < 60; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:large", "250000"), stop);
        while (true)
        {
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:large", "60000"), stop);
            await Task.Delay(s_second, stop);
        }
    }

    /// <summary>Sends one byte of a message per second, and reads one byte per second.</summary>
    private static async Task DripAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        for (var i = 0; i < 10; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:large", "250000"), stop);
        var message = Frames.RequestOfSize(Guid.NewGuid(), "stress:echo", 4000);
        for (var i = 0; i < message.Length; i++)
        {
            await connection.SendAsync(message.AsMemory(i, 1), stop);
            if (!await connection.DiscardAsync(1, stop)) return;
            await Task.Delay(s_second, stop);
        }
    }

    private static async Task FloodAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 20; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:echo", "\"again\""), stop);
            await connection.SendAsync(Frames.OfText(Encoding.UTF8.GetString(new byte[200])), stop);
            await Task.Yield();
        }
    }

    private static async Task BlockAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 2; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:block"), stop);
            await Task.Delay(10 * s_second, stop);
        }
    }

    private static async Task HangAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 20; i++)
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), i % 2 == 0 ? "stress:hang" : "stress:throw"), stop);
            await Task.Delay(s_second, stop);
        }
    }
}
