using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>Writes protocol messages as UTF-8 JSON. An absent value is omitted; it is never written as null.</summary>
/// <remarks>
/// Stateless and safe to call concurrently. Names and ids are written unchanged; the caller must have validated them. A body is absent when
/// its <see cref="IJsonBody.IsAbsent"/> is true. JSON null is a value, but details are never null. Allocates nothing beyond what the body
/// and the output allocate.
/// </remarks>
public static class MessageWriter
{
    // {"protocol":…,"version":…,"timestamp":…,"type":"request","requestId":"…","method":"a:b","metadata":{…},"payload":…}

    /// <summary>Writes a request.</summary>
    /// <param name="output">Receives the message.</param>
    /// <param name="timestamp">Unix milliseconds, at least 0.</param>
    /// <param name="requestId">The id that the response will carry.</param>
    /// <param name="method">A valid method name.</param>
    /// <param name="payload">Omitted when absent.</param>
    /// <param name="metadata">A JSON object; omitted when empty.</param>
    public static void WriteRequest<TBody>(
        IBufferWriter<byte> output,
        long timestamp,
        Guid requestId,
        ReadOnlySpan<byte> method,
        TBody payload,
        ReadOnlySpan<byte> metadata = default)
        where TBody : IJsonBody
    {
        var frame = Envelope.Begin(output, Uuid.TextLength + method.Length + metadata.Length, timestamp);
        frame.Write(",\"type\":\"request\",\"requestId\":\""u8);
        frame.Write(requestId);
        frame.Write("\",\"method\":\""u8);
        frame.Write(method);
        frame.Write("\""u8);
        if (!metadata.IsEmpty)
        {
            frame.Write(",\"metadata\":"u8);
            frame.Write(metadata);
        }

        Envelope.End(output, ref frame, ",\"payload\":"u8, payload, "}"u8);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"response","requestId":"…","success":true,"data":…}

    /// <summary>Writes the response to a request that succeeded. Absent data is omitted.</summary>
    public static void WriteSuccess<TBody>(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> requestIdText, TBody data)
        where TBody : IJsonBody
    {
        var frame = Envelope.Begin(output, requestIdText.Length, timestamp);
        frame.Write(",\"type\":\"response\",\"requestId\":\""u8);
        frame.Write(requestIdText);
        frame.Write("\",\"success\":true"u8);
        Envelope.End(output, ref frame, ",\"data\":"u8, data, "}"u8);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"response","requestId":"…","success":false,"error":{"code":…,"message":…,"details":…}}

    /// <summary>Writes the response to a request that failed. The message is cut to 1,024 characters; absent details are omitted.</summary>
    public static void WriteFailure<TBody>(
        IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> requestIdText, string code, string message, TBody details)
        where TBody : IJsonBody
    {
        var error = new ErrorText(code, message);
        var frame = Envelope.Begin(output, requestIdText.Length + error.Length, timestamp);
        frame.Write(",\"type\":\"response\",\"requestId\":\""u8);
        frame.Write(requestIdText);
        frame.Write("\",\"success\":false,\"error\":{"u8);
        error.WriteTo(ref frame);
        Envelope.End(output, ref frame, ",\"details\":"u8, details, "}}"u8);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"notification","requestId":"…","notification":{"topic":"a:b","data":…}}

    /// <summary>Writes a notification. With a request id, it belongs to that request. An empty topic and absent data are omitted.</summary>
    public static void WriteNotification<TBody>(
        IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> topic, TBody data, ReadOnlySpan<byte> requestIdText = default)
        where TBody : IJsonBody
    {
        var frame = Envelope.Begin(output, topic.Length + requestIdText.Length, timestamp);
        frame.Write(",\"type\":\"notification\""u8);
        if (!requestIdText.IsEmpty)
        {
            frame.Write(",\"requestId\":\""u8);
            frame.Write(requestIdText);
            frame.Write("\""u8);
        }

        frame.Write(",\"notification\":{"u8);
        if (!topic.IsEmpty)
        {
            frame.Write("\"topic\":\""u8);
            frame.Write(topic);
            frame.Write("\""u8);
        }

        Envelope.End(output, ref frame, topic.IsEmpty ? "\"data\":"u8 : ",\"data\":"u8, data, "}}"u8);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"error","error":{"severity":"protocol","code":"A","message":"…","details":…}}

    /// <summary>Writes an error message. Its text is cut to 1,024 characters; absent details are omitted.</summary>
    public static void WriteError<TBody>(
        IBufferWriter<byte> output, long timestamp, ErrorSeverity severity, string code, string message, TBody details)
        where TBody : IJsonBody
    {
        var error = new ErrorText(code, message);
        var frame = Envelope.Begin(output, error.Length, timestamp);
        frame.Write(",\"type\":\"error\",\"error\":{\"severity\":\""u8);
        frame.Write(severity == ErrorSeverity.Protocol ? "protocol\","u8 : "application\","u8);
        error.WriteTo(ref frame);
        Envelope.End(output, ref frame, ",\"details\":"u8, details, "}}"u8);
    }

    /// <summary>
    /// Writes the answer to an invalid message: a response when its request id was readable, otherwise an error message (docs/protocol.md
    /// section 4).
    /// </summary>
    /// <remarks>Call this only when <see cref="Violation.IsAnswered"/> is true.</remarks>
    public static void WriteViolation(IBufferWriter<byte> output, long timestamp, Violation violation)
    {
        ArgumentNullException.ThrowIfNull(violation);
        var details = new ViolationDetails(violation);
        if (violation.RequestIdText.IsEmpty)
            WriteError(output, timestamp, ErrorSeverity.Protocol, violation.Code, violation.Message, details);
        else
            WriteFailure(output, timestamp, violation.RequestIdText.Span, violation.Code, violation.Message, details);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"ack","messageId":"…","received":1}

    /// <summary>Writes an ack.</summary>
    public static void WriteAck(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> messageIdText, long? received = null)
    {
        var frame = Envelope.Begin(output, messageIdText.Length, timestamp);
        frame.Write(",\"type\":\"ack\",\"messageId\":\""u8);
        frame.Write(messageIdText);
        frame.Write("\""u8);
        if (received is { } count)
        {
            frame.Write(",\"received\":"u8);
            frame.Write(count);
        }

        Envelope.End(output, ref frame, "}"u8);
    }

    // {"protocol":…,"version":…,"timestamp":…,"type":"ping","messageId":"…"}

    /// <summary>Writes a ping. An empty id is omitted.</summary>
    public static void WritePing(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> messageIdText)
    {
        var frame = Envelope.Begin(output, messageIdText.Length, timestamp);
        frame.Write(",\"type\":\"ping\""u8);
        if (!messageIdText.IsEmpty)
        {
            frame.Write(",\"messageId\":\""u8);
            frame.Write(messageIdText);
            frame.Write("\""u8);
        }

        Envelope.End(output, ref frame, "}"u8);
    }
}
