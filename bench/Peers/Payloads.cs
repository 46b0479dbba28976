using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling.Peers;

/// <summary>What is echoed and broadcast.</summary>
internal sealed record Payload
{
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

/// <summary>What is broadcast to a group.</summary>
internal sealed record GroupPayload
{
    public string Group { get; set; } = "";
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

// As the settings of Helios are: only then is the generated code used that writes.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Payload))]
[JsonSerializable(typeof(GroupPayload))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class HeliosPayloads : JsonSerializerContext;

// As the settings of SignalR are.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class SignalRPayloads : JsonSerializerContext;
