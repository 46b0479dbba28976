namespace HeliosStarling;

/// <summary>A value of the state store in memory.</summary>
/// <param name="Key">Where it is kept.</param>
/// <param name="Value">What.</param>
/// <param name="Until">How long.</param>
/// <param name="Size">How many bytes it takes; 0 when it is not counted.</param>
internal sealed record KeptValue(string Key, byte[] Value, DateTimeOffset Until, long Size)
{
    /// <summary>The fence under which it was kept; 0 when there was none.</summary>
    public long Fence { get; init; }

    /// <summary>For whom it is counted; null when it is not.</summary>
    public StateOwner? Owner { get; set; }

    /// <summary>Where it stands among those of its owner, by age; null when it is not counted.</summary>
    public LinkedListNode<KeptValue>? InOrder { get; set; }
}
