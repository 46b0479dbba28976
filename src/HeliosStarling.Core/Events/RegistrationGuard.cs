namespace HeliosStarling;

/// <summary>Refuses handlers that come when nothing can call them any more.</summary>
/// <param name="owner">Whose handlers they are, by type.</param>
/// <param name="message">What has ended, and what to do instead.</param>
/// <param name="hasEnded">Whether it has.</param>
internal sealed class RegistrationGuard(string owner, string message, Func<bool> hasEnded)
{
    /// <exception cref="ObjectDisposedException">The owner has ended.</exception>
    public void ThrowIfEnded()
    {
        if (hasEnded()) throw new ObjectDisposedException(owner, message);
    }
}
