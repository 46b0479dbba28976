namespace HeliosStarling;

/// <summary>What a client's method knows of the server's request, and how it answers.</summary>
public sealed class ClientRequestContext : RequestContextBase
{
    internal ClientRequestContext(InboundRequest request)
        : base(request)
    {
    }

    /// <summary>The client that was asked.</summary>
    public StarlingClient Client => ((ClientSession)Session).Client;
}
