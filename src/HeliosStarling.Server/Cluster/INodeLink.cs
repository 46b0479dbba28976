namespace HeliosStarling;

/// <summary>Opens byte streams to other nodes, through which connections are forwarded.</summary>
/// <remarks>
/// <para>Guaranteed: a hop reaches only the node whose current id it names. It is accepted at most once, and only while it is fresh. An
/// implementation across processes signs it, dates it by the store's time, and refuses hops that it has seen before.</para>
/// <para>Guaranteed: bytes arrive in order and once, or the stream ends. The bytes in between are limited: a writer waits for the reader.
/// When one side ends, the other side reads the remaining bytes and then the end.</para>
/// <para>May be lost: written bytes, when the stream ends with a fault.</para>
/// <para>Safe to call concurrently. It does not need the store.</para>
/// </remarks>
internal interface INodeLink
{
    /// <summary>Opens a stream to the listener of another node.</summary>
    /// <param name="address">The address of the node, from its lease.</param>
    /// <param name="hop">Describes the forwarded connection.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<NodeLinkResult> OpenAsync(string address, Hop hop, CancellationToken cancellationToken = default);

    /// <summary>Accepts hops at an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="accept">Receives each hop and its stream, which it must dispose. It must return quickly, and must not throw.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<INodeListener> ListenAsync(string address, Action<Hop, Stream> accept, CancellationToken cancellationToken = default);
}
