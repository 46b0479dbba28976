using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Writes the welcome, the first frame of a connection that asked for resume or recovery (docs/protocol.md section 7, rule 3).
/// </summary>
/// <param name="node">The server.</param>
/// <param name="starling">The starling of the connection.</param>
/// <param name="token">A new token of the starling.</param>
/// <param name="recoveredFrom">The time when the token of the recovery was issued; null for a new starling.</param>
/// <param name="connection">The connection. It may end when the user's ticket expires.</param>
internal sealed class WelcomeWriter(
    Node node, Starling starling, RecoveryToken token, DateTimeOffset? recoveredFrom, WebSocketConnection connection)
{
    public Frame Write(Welcome welcome) => node.Engine.Encoder.OwnNotification(
        welcome.Now,
        recoveredFrom is null ? WireNames.EstablishedUtf8 : WireNames.RecoveredUtf8, new WrittenJson(json => Write(json, welcome)));

    private void Write(Utf8JsonWriter json, Welcome welcome)
    {
        json.WriteStartObject();
        if (recoveredFrom is { } from)
        {
            json.WriteNumber("timestamp", welcome.Now);
            json.WriteNumber("recoveredFrom", from.ToUnixTimeMilliseconds());
        }
        json.WriteString("starlingId", starling.Id);
        json.WriteString("token", token.Token);
        json.WriteNumber("expiresIn", (long)token.ExpiresIn.TotalSeconds);
        TicketRenewal.WriteExpiry(json, connection.UserExpiresAt, DateTimeOffset.FromUnixTimeMilliseconds(welcome.Now));
        if (welcome.Epoch is not null) WriteCounters(json, welcome);
        json.WriteEndObject();
    }

    private void WriteCounters(Utf8JsonWriter json, Welcome welcome)
    {
        json.WriteString("epoch", welcome.Epoch);
        json.WriteNumber("received", welcome.Received);
        if (recoveredFrom is not null) json.WriteBoolean("resumed", welcome.Missed == 0);
        if (recoveredFrom is not null && welcome.Missed is { } missed) json.WriteNumber("missed", missed);
        json.WriteStartObject("window");
        json.WriteNumber("messages", node.Options.MessageBufferSize);
        json.WriteNumber("bytes", node.Options.MessageBufferBytes);
        json.WriteEndObject();
        BuiltInMethods.WriteLimits(json, node.Options);
        json.WriteNumber("keepAlive", (long)node.Options.KeepAliveInterval.TotalMilliseconds);
    }
}
