namespace HeliosStarling;

/// <summary>Ends a subscription when it is disposed of.</summary>
internal sealed class Unsubscriber(Action end) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        end();
        return default;
    }
}
