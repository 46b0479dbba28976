namespace HeliosStarling;

/// <summary>
/// A state store that several nodes share: a node that has lost a starling cannot overwrite the states that its new owner kept.
/// </summary>
/// <remarks>
/// <para>Guaranteed: while a value is kept, none of a lower fence takes its place.</para>
/// <para>May be repeated: every call. A value of the same fence takes the place of the earlier one.</para>
/// <para>May be lost: the fence, with the value, when its time is over or it is removed. So a starling has the same keys under every owner,
/// and only its owner removes them.</para>
/// <para>A key is used with fences or without, never both: <see cref="IStateStore.SetAsync"/> asks for none.</para>
/// </remarks>
internal interface IFencedStateStore : IStateStore
{
    /// <summary>Keeps a value under a key for a while, unless one of a higher fence is kept there.</summary>
    /// <param name="key">ASCII, at most 200 characters.</param>
    /// <param name="fence">The fence under which the node owns the starling.</param>
    /// <param name="value">What to keep; copied before the call returns.</param>
    /// <param name="timeToLive">How long to keep it at least.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when one of a higher fence is kept: the node has lost the starling.</returns>
    ValueTask<bool> TrySetAsync(
        string key, long fence, ReadOnlyMemory<byte> value, TimeSpan timeToLive, CancellationToken cancellationToken = default);
}
