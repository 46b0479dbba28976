namespace HeliosStarling;

/// <summary>A value of the in-memory state store.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
/// <param name="Until">The time when it expires.</param>
/// <param name="Size">Its memory in bytes; 0 when it does not count.</param>
internal sealed record KeptValue(string Key, byte[] Value, DateTimeOffset Until, long Size)
{
    /// <summary>The fence under which it was set; 0 without a fence.</summary>
    public long Fence { get; init; }

    /// <summary>The owner that it counts for; null when it does not count.</summary>
    public StateOwner? Owner { get; set; }

    /// <summary>Its node in its owner's list, ordered by age; null when it does not count.</summary>
    public LinkedListNode<KeptValue>? InOrder { get; set; }
}
