namespace HeliosStarling.Protocol;

/// <summary>Reads text frames: one forward pass, no document, no exception for any input.</summary>
/// <remarks>Stateless and safe to call concurrently.</remarks>
public static class MessageReader
{
    /// <summary>Reads one text frame, which must be valid UTF-8.</summary>
    /// <param name="utf8">The whole frame.</param>
    /// <param name="message">The message, slices of <paramref name="utf8"/>, when the result is <see cref="ReadStatus.Message"/>.</param>
    /// <param name="violation">What is wrong, when the result is <see cref="ReadStatus.Invalid"/>.</param>
    public static ReadStatus Read(ReadOnlyMemory<byte> utf8, out Message message, out Violation? violation) => throw new NotImplementedException();

    /// <summary>Finds the request id of a message of which only the start is there, as long as it stands in that start as a complete field of the message itself.</summary>
    /// <param name="start">The first bytes of the message, cut anywhere.</param>
    /// <param name="requestIdText">The id in the sender's own spelling.</param>
    public static bool TryFindRequestId(ReadOnlyMemory<byte> start, out ReadOnlyMemory<byte> requestIdText) => throw new NotImplementedException();
}
