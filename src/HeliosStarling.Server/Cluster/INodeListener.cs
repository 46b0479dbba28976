namespace HeliosStarling;

/// <summary>Takes hops until it is disposed of. Streams that were opened go on.</summary>
internal interface INodeListener : IAsyncDisposable
{
    /// <summary>Refuses further hops with <see cref="NodeLinkStatus.Draining"/>.</summary>
    void Drain();
}
