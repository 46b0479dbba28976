using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What a client's handler of a topic knows beside the data.</summary>
public sealed class ClientTopicContext
{
    private readonly ReadOnlyMemory<byte> _metadata;

    private ClientTopicContext(StarlingClient client, string topic, ReadOnlyMemory<byte> metadata) =>
        (Client, Topic, _metadata) = (client, topic, metadata.ToArray());

    /// <summary>The client that was notified.</summary>
    public StarlingClient Client { get; }

    /// <summary>The topic; empty when the notification came without one, which only <c>**</c> takes.</summary>
    public string Topic { get; }

    /// <summary>What traveled beside the data, untouched; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(_metadata);

    /// <summary>What a handler knows of a notification.</summary>
    internal static ClientTopicContext Of(Session session, string topic, in Message message) =>
        new(((ClientSession)session).Client, topic, message.Metadata);
}
