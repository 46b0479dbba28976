using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What the handler of a topic knows beside the data.</summary>
public sealed class TopicContext
{
    private readonly ReadOnlyMemory<byte> _metadata;

    internal TopicContext(Starling starling, string topic, ReadOnlyMemory<byte> metadata) =>
        (Starling, Topic, _metadata) = (starling, topic, metadata.ToArray());

    /// <summary>What a handler knows of a notification.</summary>
    internal static TopicContext Of(Session session, string topic, in Message message) =>
        new(((StarlingSession)session).Starling, topic, message.Metadata);

    /// <summary>Who sent the notification.</summary>
    public Starling Starling { get; }

    /// <summary>Its topic; empty when it came without one, which only <c>**</c> takes.</summary>
    public string Topic { get; }

    /// <summary>Cancelled when the starling is gone for good.</summary>
    public CancellationToken CancellationToken => Starling.Life.WhenGone;

    /// <summary>The services that the handler takes, while it runs.</summary>
    internal IServiceProvider? Services { get; set; }

    /// <summary>What traveled beside the data, untouched; of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Metadata => PayloadJson.ReadElement(_metadata);
}
