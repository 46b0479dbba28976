namespace HeliosStarling;

/// <summary>The newest recovery token of a client.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class TokenKeeper(string? first)
{
    private readonly Lock _lock = new();
    private string? _token = first;
    private long _timestamp;

    public string? Token
    {
        get { lock (_lock) return _token; }
    }

    /// <summary>Keeps a token, unless the one that is kept came with a later message: a replayed one is older than the welcome's.</summary>
    public void Keep(string token, long timestamp)
    {
        // No request could carry it: the one that is kept is better.
        if (!token.All(static character => character is > ' ' and < '\x7f' and not ',')) return;
        lock (_lock)
        {
            if (timestamp >= _timestamp) (_token, _timestamp) = (token, timestamp);
        }
    }

    public void Forget()
    {
        lock (_lock) _token = null;
    }
}
