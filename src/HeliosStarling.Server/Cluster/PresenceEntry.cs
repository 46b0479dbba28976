namespace HeliosStarling;

/// <summary>A starling that is present in a group.</summary>
/// <param name="Starling">The id of the starling.</param>
/// <param name="User">The user of the starling; null when it is anonymous.</param>
/// <param name="Data">The data of the entry, at most <see cref="MaxData"/> bytes.</param>
internal sealed record PresenceEntry(string Starling, string? User, ReadOnlyMemory<byte> Data)
{
    /// <summary>The maximum length of <see cref="Data"/> in bytes.</summary>
    public const int MaxData = 1024;
}
