using System.Text.Json;

namespace HeliosStarling.Testing;

/// <summary>A notification that a <see cref="MockStarling"/> has received and that belongs to no request.</summary>
/// <remarks>Immutable and safe to use concurrently.</remarks>
public sealed class MockNotification
{
    private readonly JsonSerializerOptions _json;

    internal MockNotification(string topic, JsonElement data, JsonSerializerOptions json) => (Topic, Data, _json) = (topic, data, json);

    /// <summary>The topic; empty when the notification has none.</summary>
    public string Topic { get; }

    /// <summary>The data; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Data { get; }

    /// <summary>Deserializes the data with the server's JSON options.</summary>
    /// <exception cref="JsonException">The data is not a <typeparamref name="T"/>.</exception>
    public T? Read<T>() => (T?)Data.Deserialize(_json.GetTypeInfo(typeof(T)));

    /// <summary>Returns the topic and the data.</summary>
    public override string ToString() => $"{Topic} {Data.GetRawText()}";
}
