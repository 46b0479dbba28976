namespace HeliosStarling;

/// <summary>Accepts hops until it is disposed. Open streams continue.</summary>
internal interface INodeListener : IAsyncDisposable
{
    /// <summary>Refuses further hops with <see cref="NodeLinkStatus.Draining"/>.</summary>
    void Drain();
}
