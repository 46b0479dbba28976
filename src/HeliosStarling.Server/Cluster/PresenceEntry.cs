namespace HeliosStarling;

/// <summary>Somebody who is in a group.</summary>
/// <param name="Starling">The starling's id.</param>
/// <param name="User">The user whose it is; null when it is anonymous.</param>
/// <param name="Data">What it says of itself, at most <see cref="MaxData"/> bytes.</param>
internal sealed record PresenceEntry(string Starling, string? User, ReadOnlyMemory<byte> Data)
{
    /// <summary>The most bytes of <see cref="Data"/>.</summary>
    public const int MaxData = 1024;
}
