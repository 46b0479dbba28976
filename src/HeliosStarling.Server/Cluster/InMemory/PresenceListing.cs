namespace HeliosStarling;

/// <summary>A node's entry of a starling in a group.</summary>
internal sealed record PresenceListing(NodeId Node, PresenceEntry Entry)
{
    // The memory of an entry in the tables, without its texts and data.
    private const int Overhead = 384;

    /// <summary>The approximate memory of the entry, in bytes.</summary>
    public static long SizeOf(string group, PresenceEntry entry) =>
        Overhead + entry.Data.Length + (sizeof(char) * (long)(group.Length + entry.Starling.Length + (entry.User?.Length ?? 0)));
}
