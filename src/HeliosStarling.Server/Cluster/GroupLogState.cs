namespace HeliosStarling;

/// <summary>The state of a log.</summary>
/// <param name="Epoch">The current epoch.</param>
/// <param name="Previous">The previous epoch, if its messages and offsets continue in the current one; else null.</param>
/// <param name="Since">The last offset of the previous epochs.</param>
/// <param name="First">The offset of the oldest kept message; one above <paramref name="Last"/> when no message is kept.</param>
/// <param name="Last">The offset of the newest message; 0 when there was none.</param>
internal sealed record GroupLogState(string Epoch, string? Previous, long Since, long First, long Last)
{
    /// <summary>
    /// Converts a position to an offset of the current epoch. A position of the current epoch is its offset. A position of the previous
    /// epoch is valid up to <see cref="Since"/>. Any other position becomes <see cref="Since"/>, because it is unknown which messages it
    /// includes.
    /// </summary>
    public long OffsetOf(LogPosition position)
    {
        if (position.Epoch == Epoch) return position.Offset;
        return position.Epoch == Previous ? Math.Min(position.Offset, Since) : Since;
    }
}
