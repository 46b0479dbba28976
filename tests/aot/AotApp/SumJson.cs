using System.Text.Json.Serialization;

namespace AotApp;

internal sealed record Numbers([property: JsonPropertyName("numbers")] int[] Values);

internal sealed record Total([property: JsonPropertyName("total")] int Sum, int Count);

internal sealed record Undescribed(int Value);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Numbers))]
[JsonSerializable(typeof(Total))]
internal sealed partial class SumJson : JsonSerializerContext;
