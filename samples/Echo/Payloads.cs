using System.Text.Json;
using System.Text.Json.Serialization;

internal sealed record Slow(int Ms);

internal sealed record Steps([property: JsonPropertyName("steps")] int Count);

internal sealed record Failure(string Code, string Message, JsonElement? Details = null);

internal sealed record Call(string Method, JsonElement? Payload = null);

internal sealed record Broadcast(string Topic, JsonElement? Data = null);

internal sealed record Membership(string Group);

internal sealed record GroupBroadcast(string Group, string Topic, JsonElement? Data = null);
