using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling.Peers;

/// <summary>The payload of echoes and broadcasts.</summary>
internal sealed record Payload
{
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

/// <summary>The payload of broadcasts to a group.</summary>
internal sealed record GroupPayload
{
    public string Group { get; set; } = "";
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

// The same settings as Helios: only then System.Text.Json uses the generated code for writing.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Payload))]
[JsonSerializable(typeof(GroupPayload))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class HeliosPayloads : JsonSerializerContext;

// The same settings as SignalR.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class SignalRPayloads : JsonSerializerContext;
