namespace HeliosStarling;

/// <summary>Keeps what is too large for a token, and which starlings are closed for good. In memory by default.</summary>
/// <remarks>Implementations are safe to call concurrently. What a store throws refuses the recovery or the token that needs it, and
/// so does an answer that takes longer than <see cref="HeliosOptions.RequestTimeout"/>.</remarks>
public interface IStateStore
{
    /// <summary>Keeps a value under a key for a while, in place of an earlier one.</summary>
    /// <param name="key">ASCII, at most 200 characters.</param>
    /// <param name="value">What to keep; copied before the call returns.</param>
    /// <param name="timeToLive">How long to keep it at least.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SetAsync(string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default);

    /// <summary>The value under a key; null when there is none or its time is over.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Forgets the value under a key, if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default);
}
