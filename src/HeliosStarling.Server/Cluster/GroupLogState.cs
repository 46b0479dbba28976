namespace HeliosStarling;

/// <summary>What a log says of itself.</summary>
/// <param name="Epoch">The numbering that counts now.</param>
/// <param name="Previous">The epoch before it, whose messages and offsets went on; null when they did not.</param>
/// <param name="Since">The last offset of the epochs before.</param>
/// <param name="First">The offset of the oldest message that is kept; one above <paramref name="Last"/> when none is.</param>
/// <param name="Last">The offset of the newest message; 0 when there was none.</param>
internal sealed record GroupLogState(string Epoch, string? Previous, long Since, long First, long Last)
{
    /// <summary>
    /// What a position means in this epoch. One of this epoch is its offset. One of the previous epoch counts up to <see cref="Since"/>.
    /// Any other is
    /// <see cref="Since"/>, because nobody knows what it had seen.
    /// </summary>
    public long OffsetOf(LogPosition position)
    {
        if (position.Epoch == Epoch) return position.Offset;
        return position.Epoch == Previous ? Math.Min(position.Offset, Since) : Since;
    }
}
