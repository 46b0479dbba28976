using System.Text.Json.Serialization;

namespace HeliosStarling.Allocations;

/// <summary>The payload of the handlers: an object with two strings.</summary>
internal sealed record Payload(string Message, string Room);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class PayloadJson : JsonSerializerContext;
