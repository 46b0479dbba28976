using System.Text;

namespace HeliosStarling.Siege;

/// <summary>Those who sit in the same group as everybody else and behave badly.</summary>
internal static class Neighbors
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<HostileKind> All { get; } =
    [
        new("never reads", MuteAsync, Reads: false, ReceiveBuffer: 4096),
        new("drips", DripAsync, Reads: false, ReceiveBuffer: 4096),
        new("floods", FloodAsync),
        new("blocks threads", BlockAsync),
        new("never ends or throws", HangAsync),
    ];

    /// <summary>Joins the group, as all here do first.</summary>
    public static ValueTask JoinAsync(RawConnection connection, CancellationToken stop) =>
        connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:join", $"\"{Fortress.Group}\""), stop);

    private static async Task MuteAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        // More than its outbox holds; then more than the kernel's buffers do, in answers so small that each starling may have one.
        for (var i = 0; i < 60; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:much", "250000"), stop);
        while (true)
        {
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:much", "60000"), stop);
            await Task.Delay(s_second, stop);
        }
    }

    /// <summary>A byte of a message per second there, and a byte of what it is sent per second back.</summary>
    private static async Task DripAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        for (var i = 0; i < 10; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:much", "250000"), stop);
        var message = Frames.RequestOfSize(Guid.NewGuid(), "siege:echo", 4000);
        for (var i = 0; i < message.Length; i++)
        {
            await connection.SendAsync(message.AsMemory(i, 1), stop);
            if (!await connection.SipAsync(1, stop)) return;
            await Task.Delay(s_second, stop);
        }
    }

    private static async Task FloodAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 20; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:echo", "\"again\""), stop);
            await connection.SendAsync(Frames.OfText(Encoding.UTF8.GetString(new byte[200])), stop);
            await Task.Yield();
        }
    }

    private static async Task BlockAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 2; i++) await connection.SendAsync(Frames.Request(Guid.NewGuid(), "siege:block"), stop);
            await Task.Delay(10 * s_second, stop);
        }
    }

    private static async Task HangAsync(RawConnection connection, Random random, CancellationToken stop)
    {
        await JoinAsync(connection, stop);
        while (true)
        {
            for (var i = 0; i < 20; i++)
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), i % 2 == 0 ? "siege:hang" : "siege:throw"), stop);
            await Task.Delay(s_second, stop);
        }
    }
}
