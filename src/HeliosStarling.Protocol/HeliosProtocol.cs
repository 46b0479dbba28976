namespace HeliosStarling.Protocol;

/// <summary>The name and version of the protocol.</summary>
public static class HeliosProtocol
{
    /// <summary>The value of every message's <c>protocol</c> field, and the subprotocol that the server selects.</summary>
    public const string Name = "helios-starling";

    /// <summary>The version that this implementation sends; it accepts every 1.x.y.</summary>
    public const string Version = "1.0.0";
}
