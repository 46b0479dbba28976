using System.Buffers;
using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Encodes messages as frames. Throws when a body cannot be serialized.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class FrameEncoder(BufferPool buffers, TimeProvider time)
{
    private readonly MessageClock _clock = new(time);
    private Func<Frame, Frame>? _shorten;
    private Func<Frame, int, Frame>? _refuseSize;

    /// <summary>The timestamp for a new message. This calls the clock, so the caller must not hold a lock.</summary>
    public long Now => _clock.Now;

    public Frame Request<TBody>(IQueuedRequest request, TBody payload, ReadOnlySpan<byte> metadata)
        where TBody : IJsonBody
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        MessageWriter.WriteRequest(
            writer, Now, request.Id, Ascii(request.Method, stackalloc byte[ProtocolLimits.MaxNameLength]), payload, metadata);
        return writer.Complete(FrameKind.Request, MessageKind.Request, request);
    }

    /// <summary>Encodes a request again with its current id.</summary>
    public Frame RequestAgain(Frame first)
    {
        _ = MessageReader.Read(first.Message, out var message, out _);
        return Request(first.Request!, new RawJson(message.Data), message.Metadata.Span);
    }

    public Frame Success<TBody>(ReadOnlySpan<byte> requestIdText, TBody data)
        where TBody : IJsonBody
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        MessageWriter.WriteSuccess(writer, Now, requestIdText, data);
        return writer.Complete(FrameKind.Response, MessageKind.Response);
    }

    public Frame Failure<TBody>(ReadOnlySpan<byte> requestIdText, string code, string message, TBody details)
        where TBody : IJsonBody => Failure(Now, requestIdText, code, message, details);

    private Frame Failure<TBody>(long now, ReadOnlySpan<byte> requestIdText, string code, string message, TBody details)
        where TBody : IJsonBody
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 2);
        MessageWriter.WriteFailure(writer, now, requestIdText, code, message, details);
        return writer.Complete(FrameKind.Response, MessageKind.Response);
    }

    /// <exception cref="HeliosException">The topic is malformed or reserved for this library: VALIDATION_ERROR.</exception>
    /// <exception cref="InvalidOperationException">The data is nested deeper than 62 levels.</exception>
    public Frame Notification<TBody>(string topic, TBody data, ReadOnlySpan<byte> requestIdText = default, bool isDroppable = true)
        where TBody : IJsonBody
    {
        CheckTopic(topic);
        using var writer = FrameWriter.Take(buffers, wrappers: 2);
        MessageWriter.WriteNotification(writer, Now, Ascii(topic, stackalloc byte[ProtocolLimits.MaxTopicLength]), data, requestIdText);
        return writer.Complete(isDroppable ? FrameKind.Text : FrameKind.StreamItem, MessageKind.Notification);
    }

    public Frame Error<TBody>(ErrorSeverity severity, string code, string message, TBody details)
        where TBody : IJsonBody
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 2);
        MessageWriter.WriteError(writer, Now, severity, code, message, details);
        return writer.Complete(FrameKind.Text, MessageKind.Error);
    }

    public Frame Violation(Violation violation)
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        MessageWriter.WriteViolation(writer, Now, violation);
        return violation.RequestIdText.IsEmpty
            ? writer.Complete(FrameKind.Text, MessageKind.Error)
            : writer.Complete(FrameKind.Response, MessageKind.Response);
    }

    /// <summary>
    /// Creates the error that replaces an answer for which the outbox has no room (docs/protocol.md section 7, rule 6). Called under the
    /// outbox's lock. All sessions share this delegate.
    /// </summary>
    public Func<Frame, Frame> Shorten => _shorten ??= answer =>
        Failure(_clock.Last, RequestIdOf(answer), ErrorCodes.StateRecoveryFailed, "There was no room to keep the answer", default(RawJson));

    /// <summary>
    /// Creates the error that replaces an answer, or an item of a streamed answer, that exceeds the size limit of its receiver
    /// (docs/protocol.md section 4). Called under the outbox's lock. All sessions share this delegate.
    /// </summary>
    public Func<Frame, int, Frame> RefuseSize => _refuseSize ??= (answer, limit) =>
        Failure(
            _clock.Last,
            RequestIdOf(answer),
            ErrorCodes.RequestPayloadTooLarge,
            "The answer is larger than its receiver takes",
            new ErrorDetails(("size", answer.Size), ("limit", limit)));

    /// <summary>Encodes a notification on a topic that is reserved for the library.</summary>
    public Frame OwnNotification<TBody>(ReadOnlySpan<byte> topic, TBody data)
        where TBody : IJsonBody => OwnNotification(Now, topic, data);

    /// <summary>Encodes a notification on a topic that is reserved for the library, with the given timestamp.</summary>
    public Frame OwnNotification<TBody>(long now, ReadOnlySpan<byte> topic, TBody data)
        where TBody : IJsonBody => OwnNotification(FrameKind.Library, now, topic, data);

    /// <summary>Encodes the notification with a recovery token.</summary>
    public Frame Token<TBody>(TBody data)
        where TBody : IJsonBody => OwnNotification(FrameKind.Token, Now, WireNames.TokenUtf8, data);

    private Frame OwnNotification<TBody>(FrameKind kind, long now, ReadOnlySpan<byte> topic, TBody data)
        where TBody : IJsonBody
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 2);
        MessageWriter.WriteNotification(writer, now, topic, data, []);
        return writer.Complete(kind, MessageKind.Notification);
    }

    /// <summary>Encodes the answer to a ping. It has the id of the ping, or a new one when the ping has none.</summary>
    /// <param name="messageIdText">The id of the ping.</param>
    /// <param name="received">The number of counted messages; null when messages are not counted.</param>
    public Frame Ack(ReadOnlySpan<byte> messageIdText, long? received) => Ack(Now, messageIdText, received);

    /// <summary>Encodes an acknowledgement of all counted messages.</summary>
    public Frame Ack(long now, long received) => Ack(now, [], received);

    /// <summary>Encodes a ping, which the peer answers with an ack.</summary>
    public Frame Ping()
    {
        Span<byte> id = stackalloc byte[IdText.Length];
        Guid.NewGuid().TryFormat(id, out _);
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        MessageWriter.WritePing(writer, Now, id);
        return writer.Complete(FrameKind.Text, MessageKind.Ping);
    }

    public Frame Text(string text)
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        writer.Advance(Encoding.UTF8.GetBytes(text, writer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        return writer.Complete(FrameKind.Text, MessageKind.Text);
    }

    public Frame Text(ReadOnlySpan<byte> utf8) => Raw(utf8, FrameKind.Text);

    public Frame Binary(ReadOnlySpan<byte> data) => Raw(data, FrameKind.Binary);

    private Frame Ack(long now, ReadOnlySpan<byte> messageIdText, long? received)
    {
        Span<byte> newId = stackalloc byte[IdText.Length];
        if (messageIdText.IsEmpty) Guid.NewGuid().TryFormat(newId, out _);
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        MessageWriter.WriteAck(writer, now, messageIdText.IsEmpty ? newId : messageIdText, received);
        return writer.Complete(FrameKind.Text, MessageKind.Ack);
    }

    /// <summary>Returns the request id of an answer, whose data may have any depth.</summary>
    private static ReadOnlySpan<byte> RequestIdOf(Frame answer)
    {
        var reader = new Utf8JsonReader(answer.Message.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("requestId"u8))
                continue;
            reader.Read();
            return reader.ValueSpan;
        }
        return [];
    }

    private Frame Raw(ReadOnlySpan<byte> bytes, FrameKind kind)
    {
        using var writer = FrameWriter.Take(buffers, wrappers: 1);
        writer.Write(bytes);
        return writer.Complete(kind, kind == FrameKind.Binary ? MessageKind.Binary : MessageKind.Text);
    }

    private static ReadOnlySpan<byte> Ascii(string name, Span<byte> buffer) => buffer[..Encoding.ASCII.GetBytes(name, buffer)];

    private static void CheckTopic(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (!Names.IsTopic(topic))
            throw MalformedText.Fault($"Topic '{MalformedText.Excerpt(topic)}' is malformed. Use segments joined by ':', of letters, digits, '_', '.' and '-', each starting with a letter, a digit or '_', at most {ProtocolLimits.MaxTopicLength} characters, such as 'chat:lobby' or 'chat:42'. Put other text, such as the name of a room, into the data. Wildcards are for subscriptions only.");
        if (topic.StartsWith(WireNames.ConnectionPrefix, StringComparison.Ordinal))
            throw MalformedText.Fault($"Topic '{MalformedText.Excerpt(topic)}' cannot be sent: namespace 'connection' is reserved for the library. Choose another namespace.");
    }
}
