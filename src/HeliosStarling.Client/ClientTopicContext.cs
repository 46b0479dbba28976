using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The context of a notification in a topic handler of a client.</summary>
public sealed class ClientTopicContext
{
    private readonly ReadOnlyMemory<byte> _metadata;

    private ClientTopicContext(StarlingClient client, string topic, ReadOnlyMemory<byte> metadata) =>
        (Client, Topic, _metadata) = (client, topic, metadata.ToArray());

    /// <summary>The client that received the notification.</summary>
    public StarlingClient Client { get; }

    /// <summary>The topic; empty when the notification has none, which only the pattern <c>**</c> matches.</summary>
    public string Topic { get; }

    /// <summary>The metadata of the notification, unchanged; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(_metadata);

    /// <summary>Creates the context of a notification.</summary>
    internal static ClientTopicContext Of(Session session, string topic, in Message message) =>
        new(((ClientSession)session).Client, topic, message.Metadata);
}
