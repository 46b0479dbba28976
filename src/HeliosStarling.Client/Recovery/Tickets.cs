using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Asks the application for sign-in tickets. A ticket is a secret and never appears in messages.</summary>
internal sealed class Tickets(StarlingClientOptions options)
{
    // Longer than the headers that web servers accept.
    private const int MaxLength = 16 * 1024;

    private ConnectionFailure? _refusal;

    /// <summary>Whether the application provides tickets.</summary>
    public bool AreProvided => options.AccessTokenProvider is not null;

    /// <summary>The reason why the server refused the last ticket; null when the server has accepted it.</summary>
    public ConnectionFailure? Refusal
    {
        get => Volatile.Read(ref _refusal);
        set => Volatile.Write(ref _refusal, value);
    }

    /// <summary>Gets a ticket from the application; null when it has none.</summary>
    /// <param name="isRenewal">Whether it renews a ticket that expires soon.</param>
    /// <param name="cancellationToken">Ends the wait, even if the application ignores it.</param>
    /// <exception cref="HeliosException"><c>CONNECTION_REJECTED</c>: the application's provider threw, or its ticket cannot be
    /// sent.</exception>
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
        // A ticket that was read from a file often ends with a line break.
        var ticket = given?.Trim();
        if (string.IsNullOrEmpty(ticket)) return null;
        if (ticket.Length > MaxLength || !SecretText.IsSendable(ticket))
            throw Failed($"AccessTokenProvider returned a ticket that no request can carry. It must be visible ASCII text of at most {MaxLength} characters, without \"Bearer \"", null);
        return ticket;
    }

    private static HeliosException Failed(string reason, Exception? inner) =>
        new(ErrorCodes.ConnectionRejected, reason, new ConnectionFailure { Reason = reason }, inner);
}
