namespace HeliosStarling;

/// <summary>
/// The type of handlers with any parameters on a client, which does not support them. No instance of it can be created, so such a handler
/// does not compile.
/// </summary>
public sealed class NoFreeHandler
{
    private NoFreeHandler()
    {
    }
}
