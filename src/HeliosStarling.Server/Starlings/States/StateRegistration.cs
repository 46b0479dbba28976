namespace HeliosStarling;

/// <summary>Removes a state when it is disposed; once only.</summary>
internal sealed class StateRegistration(Action remove) : IDisposable
{
    private Action? _remove = remove;

    public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
}
