namespace HeliosStarling;

/// <summary>The recovery token of a client.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class TokenKeeper(string? first)
{
    private string? _token = first;

    public string? Token => Volatile.Read(ref _token);

    /// <summary>Sets the token. The last one that arrives is the newest.</summary>
    public void Keep(string token)
    {
        // A token with other characters cannot be sent, so the current one is kept.
        if (SecretText.IsSendable(token)) Volatile.Write(ref _token, token);
    }

    public void Forget() => Volatile.Write(ref _token, null);
}
