using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Messages that came and were not read (docs/protocol.md section 4).</content>
internal abstract partial class Session
{
    /// <summary>
    /// Answers a message that was read past because of its size (docs/protocol.md section 4), or because there is no memory for one of its size now.
    /// </summary>
    /// <param name="from">Where it came.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="isText">Whether it was text and so may have been a request.</param>
    public void ReceiveTooLarge(Connection from, ReadOnlyMemory<byte> start, long size, bool isText)
    {
        using var ambient = AmbientState.Keep();
        engine.Metrics.Received(MessageKind.TooLarge, size);
        if (!TryCount(from, size)) return;
        var isTooLarge = size > engine.MaxMessageSize;
        ReadOnlyMemory<byte> requestId = default;
        if (isText && MessageReader.TryFindRequestId(start, out var type, out requestId)
            && (FailUnread(type, requestId, size) || type is not (null or MessageType.Request))) requestId = default;
        if (!TryAdmit(out var excess)) RefuseExcess(requestId, excess);
        else if (isTooLarge) RefuseUnread(requestId, ErrorCodes.RequestPayloadTooLarge, "The message is larger than this side takes", new Details(("size", size), ("limit", engine.MaxMessageSize)));
        else RefuseUnread(requestId, ErrorCodes.RequestQueueFull, QueueFull.NoMemory, default(RawJson));
    }

    private void RefuseUnread<TDetails>(ReadOnlyMemory<byte> requestId, string code, string text, TDetails details)
        where TDetails : IJsonBody =>
        Reply(!requestId.IsEmpty && !IsInFlight(requestId.Span)
            ? engine.Encoder.Failure(requestId.Span, code, text, details)
            : engine.Encoder.Error(ErrorSeverity.Protocol, code, text, details));

    /// <summary>Fails the request that an unread message was about, if there is one.</summary>
    private bool FailUnread(MessageType? type, ReadOnlyMemory<byte> requestId, long size) => BadAnswers.TryFail(
        this, type, requestId, size > engine.MaxMessageSize ? TooLarge.ToRead(size, engine.MaxMessageSize) : new HeliosException(ErrorCodes.RequestQueueFull, QueueFull.NoMemory));
}
