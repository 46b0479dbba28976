using System.Text.Json.Serialization;

namespace HeliosStarling.Allocations;

/// <summary>What the application's handlers take: an object and two strings.</summary>
internal sealed record Payload(string Message, string Room);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class PayloadJson : JsonSerializerContext;
