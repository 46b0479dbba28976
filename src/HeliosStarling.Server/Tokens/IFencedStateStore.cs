namespace HeliosStarling;

/// <summary>
/// A state store for several nodes: a node that has lost a starling cannot overwrite the states of the new owner.
/// </summary>
/// <remarks>
/// <para>Guaranteed: a kept value is never replaced by one with a lower fence.</para>
/// <para>May be repeated: every call. A value with the same fence replaces the earlier one.</para>
/// <para>May be lost: the fence, together with the value, when the value expires or is removed. So a starling has the same keys under every
/// owner, and only its owner removes them.</para>
/// <para>A key is always used with fences or always without: <see cref="IStateStore.SetAsync"/> has no fence.</para>
/// </remarks>
internal interface IFencedStateStore : IStateStore
{
    /// <summary>Sets a value for some time, unless a value with a higher fence is kept.</summary>
    /// <param name="key">ASCII, at most 200 characters.</param>
    /// <param name="fence">The fence under which the node owns the starling.</param>
    /// <param name="value">The value; copied before the call returns.</param>
    /// <param name="timeToLive">The minimum time to keep the value.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>False when a value with a higher fence is kept, because the node has lost the starling.</returns>
    ValueTask<bool> TrySetAsync(
        string key, long fence, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default);
}
