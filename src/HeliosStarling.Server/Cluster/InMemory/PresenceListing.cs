namespace HeliosStarling;

/// <summary>What a node lists of a starling in a group.</summary>
internal sealed record PresenceListing(NodeId Node, PresenceEntry Entry)
{
    // What the tables take for a listing and its place among those of its node.
    private const int Overhead = 384;

    /// <summary>About how many bytes it takes.</summary>
    public static long SizeOf(string group, PresenceEntry entry) =>
        Overhead + entry.Data.Length + (sizeof(char) * (long)(group.Length + entry.Starling.Length + (entry.User?.Length ?? 0)));
}
