namespace HeliosStarling;

/// <summary>The context of a server's request in a method handler of a client.</summary>
public sealed class ClientRequestContext : RequestContextBase
{
    internal ClientRequestContext(InboundRequest request)
        : base(request)
    {
    }

    /// <summary>The client that received the request.</summary>
    public StarlingClient Client => ((ClientSession)Session).Client;
}
