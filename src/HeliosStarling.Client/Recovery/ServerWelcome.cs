using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The first frame of a server that counts messages (docs/protocol.md section 7, rule 3).</summary>
/// <param name="IsRecovered">Whether the client is the starling that it was.</param>
/// <param name="StarlingId">Which starling it is.</param>
/// <param name="Token">A fresh token; null when there is none.</param>
/// <param name="Epoch">The epoch that holds from now on.</param>
/// <param name="Received">What the server has counted in it.</param>
/// <param name="Missed">How many messages it had to drop; null when it does not know.</param>
internal sealed record ServerWelcome(bool IsRecovered, string StarlingId, string? Token, string Epoch, long Received, long? Missed)
{
    /// <summary>What the server takes.</summary>
    public ServerLimits Limits { get; init; } = ServerLimits.None;

    /// <summary>When the ticket ends that opened the connection, from now; null when it does not.</summary>
    public TimeSpan? TicketExpiresIn { get; init; }

    /// <summary>Reads a welcome; null when the frame is none.</summary>
    public static ServerWelcome? TryRead(ReadOnlyMemory<byte> utf8)
    {
        if (MessageReader.Read(utf8, out var message, out _) != ReadStatus.Message || message.Type != MessageType.Notification) return null;
        var isRecovered = message.Name.Span.SequenceEqual(WireNames.RecoveredUtf8);
        if (!isRecovered && !message.Name.Span.SequenceEqual(WireNames.EstablishedUtf8)) return null;
        var data = PayloadJson.ReadElement(message.Data);
        if (data.ValueKind != JsonValueKind.Object || Text(data, "starlingId") is not { } id || Text(data, "epoch") is not { } epoch)
            return null;
        return new ServerWelcome(isRecovered, id, Text(data, "token"), epoch, Number(data, "received") ?? 0, Number(data, "missed"))
        {
            Limits = ServerLimits.Read(data),
            TicketExpiresIn = ExpiryOf(data),
        };
    }

    /// <summary>The <c>ticketExpiresIn</c> of an object; null when there is none.</summary>
    public static TimeSpan? ExpiryOf(JsonElement data) => data.ValueKind == JsonValueKind.Object
        && Number(data, "ticketExpiresIn") is { } seconds
        ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)TimeSpan.MaxValue.TotalSeconds - 1))
        : null;

    /// <summary>The token's text must not show.</summary>
    public override string ToString() => $"{StarlingId} in epoch {Epoch}";

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
