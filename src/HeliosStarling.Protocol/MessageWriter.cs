using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>Writes protocol messages as UTF-8 JSON; an absent value is left out, never null.</summary>
/// <remarks>Stateless and safe to call concurrently. Names and ids are written as they are: the caller has checked them.</remarks>
public static class MessageWriter
{
    /// <summary>Writes a request.</summary>
    public static void WriteRequest<TBody>(IBufferWriter<byte> output, long timestamp, Guid requestId, ReadOnlySpan<byte> method, TBody payload, ReadOnlySpan<byte> metadata = default)
        where TBody : IJsonBody => throw new NotImplementedException();

    /// <summary>Writes the response of a request that succeeded.</summary>
    public static void WriteSuccess<TBody>(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> requestIdText, TBody data)
        where TBody : IJsonBody => throw new NotImplementedException();

    /// <summary>Writes the response of a request that failed; a message over 1,024 characters is cut.</summary>
    public static void WriteFailure<TBody>(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> requestIdText, string code, string message, TBody details)
        where TBody : IJsonBody => throw new NotImplementedException();

    /// <summary>Writes a notification; with a request id it is tied to that request. An empty topic is left out.</summary>
    public static void WriteNotification<TBody>(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> topic, TBody data, ReadOnlySpan<byte> requestIdText = default)
        where TBody : IJsonBody => throw new NotImplementedException();

    /// <summary>Writes an error message; a message over 1,024 characters is cut.</summary>
    public static void WriteError<TBody>(IBufferWriter<byte> output, long timestamp, ErrorSeverity severity, string code, string message, TBody details)
        where TBody : IJsonBody => throw new NotImplementedException();

    /// <summary>Writes the answer to an invalid message: a response when its request id was readable, else an error message (PROTOCOL.md section 4).</summary>
    public static void WriteViolation(IBufferWriter<byte> output, long timestamp, Violation violation) => throw new NotImplementedException();

    /// <summary>Writes an ack.</summary>
    public static void WriteAck(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> messageIdText, long? received = null) => throw new NotImplementedException();

    /// <summary>Writes a ping.</summary>
    public static void WritePing(IBufferWriter<byte> output, long timestamp, ReadOnlySpan<byte> messageIdText) => throw new NotImplementedException();
}
