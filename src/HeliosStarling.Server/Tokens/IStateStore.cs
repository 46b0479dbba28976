namespace HeliosStarling;

/// <summary>
/// Stores states that are too large for a token, and the ids of starlings that are closed for good. In memory by default.
/// </summary>
/// <remarks>Implementations must be safe to call concurrently. When a call throws or takes longer than
/// <see cref="HeliosOptions.RequestTimeout"/>, the recovery is refused or the token is not issued.</remarks>
public interface IStateStore
{
    /// <summary>Sets a value for some time. It replaces an earlier value.</summary>
    /// <param name="key">ASCII, at most 200 characters.</param>
    /// <param name="value">The value; copied before the call returns.</param>
    /// <param name="timeToLive">The minimum time to keep the value.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask SetAsync(string key, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default);

    /// <summary>Gets a value; null when there is none or it has expired.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Removes a value, if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default);
}
