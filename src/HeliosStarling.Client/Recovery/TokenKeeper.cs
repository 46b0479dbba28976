namespace HeliosStarling;

/// <summary>The recovery token of a client.</summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class TokenKeeper(string? first)
{
    private string? _token = first;

    public string? Token => Volatile.Read(ref _token);

    /// <summary>Keeps the token that came last: the server always sends its newest.</summary>
    public void Keep(string token)
    {
        // No request could carry another one: the one that is kept is better.
        if (SecretText.IsSendable(token)) Volatile.Write(ref _token, token);
    }

    public void Forget() => Volatile.Write(ref _token, null);
}
