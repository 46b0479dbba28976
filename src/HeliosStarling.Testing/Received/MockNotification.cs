using System.Text.Json;

namespace HeliosStarling.Testing;

/// <summary>A notification that a <see cref="MockStarling"/> received, tied to no request.</summary>
/// <remarks>Immutable and safe to use concurrently.</remarks>
public sealed class MockNotification
{
    private readonly JsonSerializerOptions _json;

    internal MockNotification(string topic, JsonElement data, JsonSerializerOptions json) => (Topic, Data, _json) = (topic, data, json);

    /// <summary>Its topic; empty when it came without one.</summary>
    public string Topic { get; }

    /// <summary>What it says; of kind <see cref="JsonValueKind.Null"/> when it came without data.</summary>
    public JsonElement Data { get; }

    /// <summary>Reads the data with the server's JSON options.</summary>
    /// <exception cref="JsonException">The data is not a <typeparamref name="T"/>.</exception>
    public T? Read<T>() => (T?)Data.Deserialize(_json.GetTypeInfo(typeof(T)));

    /// <summary>Topic and data.</summary>
    public override string ToString() => $"{Topic} {Data.GetRawText()}";
}
