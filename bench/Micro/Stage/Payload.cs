using System.Text.Json.Serialization;

namespace HeliosStarling.Micro;

/// <summary>What is echoed and broadcast, as in <c>bench/Peers</c>.</summary>
internal sealed record Payload
{
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class MicroJson : JsonSerializerContext;
