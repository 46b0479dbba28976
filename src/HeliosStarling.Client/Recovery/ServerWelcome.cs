using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The welcome: the first frame of a server that counts messages (docs/protocol.md section 7, rule 3).</summary>
/// <param name="IsRecovered">Whether the client is the same starling as before.</param>
/// <param name="StarlingId">The id of the starling.</param>
/// <param name="Token">A new recovery token; null when there is none.</param>
/// <param name="Epoch">The epoch from now on.</param>
/// <param name="Received">The number of messages that the server has received in it.</param>
/// <param name="Missed">The number of messages that the server had to drop; null when the server does not know it.</param>
internal sealed record ServerWelcome(bool IsRecovered, string StarlingId, string? Token, string Epoch, long Received, long? Missed)
{
    /// <summary>The limits of the server.</summary>
    public ServerLimits Limits { get; init; } = ServerLimits.None;

    /// <summary>The time until the sign-in ticket of the connection expires; null when it does not expire.</summary>
    public TimeSpan? TicketExpiresIn { get; init; }

    /// <summary>Reads a welcome; null when the frame is another message.</summary>
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

    /// <summary>Reads <c>ticketExpiresIn</c> of an object; null when it is absent.</summary>
    public static TimeSpan? ExpiryOf(JsonElement data) => data.ValueKind == JsonValueKind.Object
        && Number(data, "ticketExpiresIn") is { } seconds
        ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)TimeSpan.MaxValue.TotalSeconds - 1))
        : null;

    /// <summary>Describes the welcome without the token, which must not be logged.</summary>
    public override string ToString() => $"{StarlingId} in epoch {Epoch}";

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
