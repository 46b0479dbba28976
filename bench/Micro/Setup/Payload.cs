using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeliosStarling.Micro;

/// <summary>The payload of echoes and broadcasts, as in <c>bench/Peers</c>.</summary>
internal sealed record Payload
{
    public string Message { get; set; } = "";
    public string Room { get; set; } = "";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Payload))]
internal sealed partial class MicroJson : JsonSerializerContext;
