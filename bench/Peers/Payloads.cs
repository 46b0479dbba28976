using System.Text.Json.Serialization;

namespace HeliosStarling.Peers;

/// <summary>What is echoed and broadcast.</summary>
internal sealed record Payload(string Message, string Room);

/// <summary>What is broadcast to a group.</summary>
internal sealed record GroupPayload(string Group, string Message, string Room);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
[JsonSerializable(typeof(GroupPayload))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class BenchJson : JsonSerializerContext;
