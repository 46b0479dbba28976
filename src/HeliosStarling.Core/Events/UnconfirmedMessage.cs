namespace HeliosStarling;

/// <summary>
/// A message that was sent but not acknowledged, so that it is unknown whether the peer received it (docs/protocol.md section 7, rule 7).
/// </summary>
/// <param name="Data">The message as it was sent: UTF-8 text, or the bytes of a binary message.</param>
/// <param name="IsBinary">Whether it is a binary message.</param>
public sealed record UnconfirmedMessage(ReadOnlyMemory<byte> Data, bool IsBinary)
{
    /// <summary>Copies the messages of frames.</summary>
    internal static UnconfirmedMessage[] Copy(IReadOnlyList<Frame> frames) =>
        [.. frames.Select(frame => new UnconfirmedMessage(frame.Message.ToArray(), frame.Kind == FrameKind.Binary))];
}
