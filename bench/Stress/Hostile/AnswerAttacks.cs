using System.Net.Sockets;
using System.Text.Json;

namespace HeliosStarling.Stress;

/// <summary>Endless answers to requests that the server makes.</summary>
internal static class AnswerAttacks
{
    private static readonly string[] s_ways = ["stream", "blocked", "waiting", "ignored"];

    public static IReadOnlyList<Attack> All { get; } =
        [.. s_ways.Select(way => new Attack($"answers without end, {way}", (attacker, stop) => AnswerAsync(attacker, way, stop)))];

    private static async Task AnswerAsync(Attacker attacker, string way, CancellationToken stop)
    {
        using var connection = await attacker.ConnectAsync();
        for (var i = 0; i < attacker.Random.Next(1, 5); i++)
            await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:ask", $"\"{way}\""), stop);
        var asked = await AskedAsync(connection, stop);
        var data = $"\"{new string('d', attacker.Random.Next(3) == 0 ? attacker.Random.Next(100_000) : attacker.Random.Next(500))}\"";
        var message = Frames.Notification(way == "stream" ? "stream:item" : "progress", data, asked);
        var reading = DrainAsync(connection, stop);
        try
        {
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < 20; i++) await connection.SendAsync(message, stop);
                await Attacker.PauseAsync(stop);
            }
        }
        finally
        {
            if (attacker.Random.Next(2) == 0) connection.Reset();
            else connection.Dispose();
            await reading;
        }
    }

    /// <summary>The id of the server's first request.</summary>
    private static async Task<Guid> AskedAsync(RawConnection connection, CancellationToken stop)
    {
        while (await connection.ReceiveAsync(stop) is { } frame)
        {
            var message = JsonElement.Parse(frame.Payload.Span);
            if (message.GetProperty("type").GetString() == "request") return message.GetProperty("requestId").GetGuid();
        }
        throw new SocketException((int)SocketError.ConnectionReset);
    }

    private static async Task DrainAsync(RawConnection connection, CancellationToken stop)
    {
        try
        {
            while (await connection.DiscardAsync(4096, stop))
            {
            }
        }
        catch (Exception exception) when (Attacker.IsExpected(exception))
        {
            // The connection ended.
        }
    }
}
