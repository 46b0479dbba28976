using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Asks the application for tickets. A ticket is a secret: no message repeats it.</summary>
internal sealed class Tickets(StarlingClientOptions options)
{
    // Longer than any header that web servers take.
    private const int MaxLength = 16 * 1024;

    private ConnectionFailure? _refusal;

    /// <summary>Whether the application provides tickets.</summary>
    public bool AreProvided => options.AccessTokenProvider is not null;

    /// <summary>Why the server refused the last ticket; null when it has accepted it.</summary>
    public ConnectionFailure? Refusal
    {
        get => Volatile.Read(ref _refusal);
        set => Volatile.Write(ref _refusal, value);
    }

    /// <summary>A ticket of the application; null when it has none.</summary>
    /// <param name="isRenewal">Whether it takes the place of one that ends soon.</param>
    /// <param name="cancellationToken">Ends the wait, whether the application heeds it or not.</param>
    /// <exception cref="HeliosException"><c>CONNECTION_REJECTED</c>: the application has thrown, or its ticket cannot be sent.</exception>
    public async ValueTask<string?> GetAsync(bool isRenewal, CancellationToken cancellationToken)
    {
        if (options.AccessTokenProvider is not { } provider) return null;
        string? given;
        try
        {
            var asking = provider(new AccessTokenRequest { Refusal = Refusal, IsRenewal = isRenewal }, cancellationToken).AsTask();
            given = await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"AccessTokenProvider failed: {exception.GetBaseException().Message}", exception);
        }
        // A line break behind it, as in many a file, is no part of it.
        var ticket = given?.Trim();
        if (string.IsNullOrEmpty(ticket)) return null;
        if (ticket.Length > MaxLength || !SecretText.IsSendable(ticket))
            throw Failed($"AccessTokenProvider returned a ticket that no request can carry. It must be visible ASCII text of at most {MaxLength} characters, without \"Bearer \"", null);
        return ticket;
    }

    private static HeliosException Failed(string reason, Exception? inner) =>
        new(ErrorCodes.ConnectionRejected, reason, new ConnectionFailure { Reason = reason }, inner);
}
