namespace HeliosStarling;

/// <summary>Takes a state away once.</summary>
internal sealed class StateRegistration(Action remove) : IDisposable
{
    private Action? _remove = remove;

    public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
}
