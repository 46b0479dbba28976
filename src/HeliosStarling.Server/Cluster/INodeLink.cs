namespace HeliosStarling;

/// <summary>Opens byte streams between nodes, through which connections are passed.</summary>
/// <remarks>
/// <para>Guaranteed: a hop reaches only the node whose current id it names. It is taken at most once, and only while it is fresh;
/// implementations that leave the process sign it, date it by the store's time, and refuse what they have seen.</para>
/// <para>Guaranteed: bytes come in order, each once, or the stream ends. What waits in between is bounded: who writes waits for who reads.
/// When one side ends, the other reads what was sent and then the end.</para>
/// <para>May be lost: bytes that were written when the stream ends with a fault.</para>
/// <para>Safe to call concurrently. It does not need the store.</para>
/// </remarks>
internal interface INodeLink
{
    /// <summary>Opens a stream to the listener of another node.</summary>
    /// <param name="address">Where its lease says that it listens.</param>
    /// <param name="hop">What to tell it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<NodeLinkResult> OpenAsync(string address, Hop hop, CancellationToken cancellationToken = default);

    /// <summary>Takes hops at an address.</summary>
    /// <param name="address">Where.</param>
    /// <param name="accept">Takes each hop and its stream, which it disposes of. It must return soon, and must not throw.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<INodeListener> ListenAsync(string address, Action<Hop, Stream> accept, CancellationToken cancellationToken = default);
}
