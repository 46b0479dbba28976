using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>Writes a message that was read, without fields that the writer does not have.</summary>
internal static class Rewriting
{
    public static void Write(IBufferWriter<byte> output, in Message message)
    {
        var time = message.Timestamp;
        var id = message.IdText.Span;
        var data = new RawJson(message.Data);
        switch (message.Type)
        {
            case MessageType.Request:
                MessageWriter.WriteRequest(output, time, message.Id, message.Name.Span, data, message.Metadata.Span);
                break;
            case MessageType.Response when message.Success:
                MessageWriter.WriteSuccess(output, time, id, data);
                break;
            case MessageType.Response:
                MessageWriter.WriteFailure(output, time, id, message.ErrorCode!, message.ErrorMessage!, data);
                break;
            case MessageType.Notification:
                MessageWriter.WriteNotification(output, time, message.Name.Span, data, id);
                break;
            case MessageType.Error:
                MessageWriter.WriteError(output, time, message.Severity, message.ErrorCode!, message.ErrorMessage!, data);
                break;
            case MessageType.Ack:
                MessageWriter.WriteAck(output, time, id, message.Received);
                break;
            case MessageType.Ping:
                MessageWriter.WritePing(output, time, id);
                break;
        }
    }

    /// <summary>
    /// A message after it was written again: no peer, metadata only in requests, request ids in the writer's
    /// spelling.
    /// </summary>
    public static Message Kept(in Message message) => message with
    {
        Peer = default,
        Metadata = message.Type == MessageType.Request ? message.Metadata : default,
        IdText = message.Type == MessageType.Request ? System.Text.Encoding.ASCII.GetBytes(message.Id.ToString()) : message.IdText,
    };
}
