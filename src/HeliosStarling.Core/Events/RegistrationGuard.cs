namespace HeliosStarling;

/// <summary>Rejects handlers that are registered when nothing can call them any more.</summary>
/// <param name="owner">The type name of the owner of the handlers.</param>
/// <param name="message">The error message: what has ended, and what to do instead.</param>
/// <param name="hasEnded">Returns whether the owner has ended.</param>
internal sealed class RegistrationGuard(string owner, string message, Func<bool> hasEnded)
{
    /// <exception cref="ObjectDisposedException">The owner has ended.</exception>
    public void ThrowIfEnded()
    {
        if (hasEnded()) throw new ObjectDisposedException(owner, message);
    }
}
