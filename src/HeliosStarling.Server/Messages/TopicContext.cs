using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The context of a notification in a topic handler.</summary>
public sealed class TopicContext
{
    private readonly ReadOnlyMemory<byte> _metadata;

    internal TopicContext(Starling starling, string topic, ReadOnlyMemory<byte> metadata) =>
        (Starling, Topic, _metadata) = (starling, topic, metadata.ToArray());

    /// <summary>Creates the context of a notification.</summary>
    internal static TopicContext Of(Session session, string topic, in Message message) =>
        new(((StarlingSession)session).Starling, topic, message.Metadata);

    /// <summary>The starling that sent the notification.</summary>
    public Starling Starling { get; }

    /// <summary>The topic; empty when the notification has none, which only the pattern <c>**</c> matches.</summary>
    public string Topic { get; }

    /// <summary>A token that is cancelled when the starling is gone for good.</summary>
    public CancellationToken CancellationToken => Starling.Life.WhenGone;

    /// <summary>The services of the handler's scope, while the handler runs.</summary>
    internal IServiceProvider? Services { get; set; }

    /// <summary>The metadata of the notification, unchanged; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(_metadata);
}
