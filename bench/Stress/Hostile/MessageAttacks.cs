using System.Text;

namespace HeliosStarling.Stress;

/// <summary>Messages that cost the server much reading, memory or output.</summary>
/// <param name="maxMessageSize">The largest message that the server takes.</param>
internal sealed class MessageAttacks(int maxMessageSize)
{
    public IReadOnlyList<Attack> All =>
    [
        new("contexts read late", LeftoverAsync),
        new("streams of large items, unread", StreamAsync),
        new("bad messages, answers unread", BadAsync),
        new("long names", NamesAsync),
        new("validation of long keys", ValidateAsync),
    ];

    /// <summary>Messages whose handlers start tasks that read them later.</summary>
    private static Task LeftoverAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "",
        async (connection, end) =>
        {
            while (true)
            {
                for (var i = 0; i < 4; i++) await connection.SendAsync(Leftover(attacker.Random), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop);

    private static byte[] Leftover(Random random)
    {
        var id = Guid.NewGuid();
        var twice = $$"""{"id":"{{id}}","fill":"{{new string('p', random.Next(3000))}}","again":"{{id}}"}""";
        return random.Next(3) switch
        {
            0 => Frames.OfText($"kept {id} {id}"),
            1 => Frames.OfText(Frames.NotificationText("stress:readLate", twice)[..^1] + $",\"metadata\":{twice}}}"),
            _ => Frames.OfText(Frames.RequestText(id, "stress:readLate", twice)[..^1] + $",\"metadata\":{twice}}}"),
        };
    }

    private Task StreamAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        attacker.Random.Next(2) == 0 ? "?resume=1" : "",
        async (connection, end) =>
        {
            var size = attacker.Random.Next(1, maxMessageSize * 9 / 10);
            for (var i = 0; i < 200; i++)
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:items", $$"""{"count":100000,"size":{{size}}}"""), end);
            await Attacker.WaitForStopAsync(end);
        },
        stop,
        reads: false,
        receiveBuffer: 4096);

    private static Task BadAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "",
        async (connection, end) =>
        {
            while (true)
            {
                for (var i = 0; i < 50; i++) await connection.SendAsync(Bad(attacker.Random), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop,
        reads: false,
        receiveBuffer: 4096);

    private static byte[] Bad(Random random) => random.Next(5) switch
    {
        0 => Frames.OfText("""{"protocol":"helios-starling","version":"9.0.0"}"""),
        1 => Frames.OfText($$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":-1,"type":"{{new string('t', random.Next(3000))}}","requestId":7,"notification":1}"""),
        2 => Frames.Request(Guid.NewGuid(), "stress:echo", $"{new string('[', 70)}{new string(']', 70)}"),
        3 => Frames.Request(Guid.NewGuid(), new string('m', random.Next(1, 3000)), "1"),
        _ => Frames.Request(Guid.Empty, "stress:echo", "\"\\ud800\""),
    };

    /// <summary>Groups, data and states with the longest possible names and values.</summary>
    private Task NamesAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        attacker.Random.Next(2) == 0 ? "?resume=1" : "",
        async (connection, end) =>
        {
            while (true)
            {
                var name = $"\"{Guid.NewGuid()}{new string('n', Length(attacker.Random))}\"";
                var method = attacker.Random.Next(3) switch { 0 => "stress:join", 1 => "stress:set", _ => "stress:get" };
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), method, name), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop);

    private int Length(Random random) => random.Next(3) == 0 ? random.Next(maxMessageSize * 9 / 10) : random.Next(219);

    private Task ValidateAsync(Attacker attacker, CancellationToken stop) => attacker.WithConnectionAsync(
        "",
        async (connection, end) =>
        {
            var (key, items) = (
                new string('k', attacker.Random.Next(1, 3000)), attacker.Random.Next(1, Math.Min(3000, maxMessageSize / 20)));
            var payload = new StringBuilder($"{{\"{key}\":[");
            for (var i = 0; i < items; i++) payload.Append(i == 0 ? "" : ",").Append("{\"n\":99}");
            payload.Append("]}");
            var text = payload.ToString();
            while (true)
            {
                await connection.SendAsync(Frames.Request(Guid.NewGuid(), "stress:validate", text), end);
                await Attacker.PauseAsync(end);
            }
        },
        stop,
        reads: attacker.Random.Next(2) == 0);
}
