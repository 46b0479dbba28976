namespace HeliosStarling;

/// <summary>Ends a subscription when it is disposed.</summary>
internal sealed class Unsubscriber(Action end) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        end();
        return default;
    }
}
