namespace HeliosStarling;

/// <summary>
/// Stands for a handler that takes its parameters in any order, where there are none: on a client. Nobody can make one, so that such a
/// handler does not compile.
/// </summary>
public sealed class NoFreeHandler
{
    private NoFreeHandler()
    {
    }
}
