using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Makes the first frame of a connection that asked for resume or recovery (docs/protocol.md section 7, rule 3).</summary>
/// <param name="node">The server.</param>
/// <param name="starling">Who is welcome.</param>
/// <param name="token">A fresh token of it.</param>
/// <param name="recoveredFrom">When the token was made that brought it back; null for a new starling.</param>
/// <param name="connection">The connection, which may end with a ticket.</param>
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
