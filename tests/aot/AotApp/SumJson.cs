using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace AotApp;

internal sealed record Numbers([property: JsonPropertyName("numbers")] int[] Values);

internal sealed record Scale([Range(1, 9)] int Factor, [Required] string? Unit = null);

internal sealed record Total([property: JsonPropertyName("total")] int Sum, int Count);

internal sealed record Undescribed(int Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Numbers))]
[JsonSerializable(typeof(Scale))]
[JsonSerializable(typeof(Total))]
internal sealed partial class SumJson : JsonSerializerContext;
