using System.Buffers;
using System.Text.Json.Nodes;

namespace HeliosStarling.Protocol;

/// <summary>Writes a result of the reader in the form of the vectors.</summary>
internal static class Described
{
    public static JsonObject Message(in Message message)
    {
        var fields = new JsonObject { ["type"] = message.Type.ToString().ToLowerInvariant(), ["timestamp"] = message.Timestamp };
        AddJson(fields, "metadata", message.Metadata);
        AddJson(fields, "peer", message.Peer);
        AddText(fields, message.Type is MessageType.Ack or MessageType.Ping ? "messageId" : "requestId", message.IdText);
        AddText(fields, message.Type == MessageType.Request ? "method" : "topic", message.Name);
        if (message.Type == MessageType.Response) fields["success"] = message.Success;
        if (message.Received is { } received) fields["received"] = received;
        if (message.ErrorCode is null) AddJson(fields, message.Type == MessageType.Request ? "payload" : "data", message.Data);
        else fields["error"] = Error(message);
        return fields;
    }

    /// <summary>The answer as on the wire, read back.</summary>
    public static JsonObject Answer(Violation violation)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.WriteViolation(output, 1, violation);
        Assert.Equal(ReadStatus.Message, MessageReader.Read(output.WrittenMemory, out var message, out _));
        var answer = new JsonObject { ["type"] = violation.IsAnswered ? message.Type.ToString().ToLowerInvariant() : "none" };
        AddText(answer, "requestId", message.IdText);
        answer["code"] = message.ErrorCode;
        AddJson(answer, "details", message.Data);
        return answer;
    }

    private static JsonObject Error(in Message message)
    {
        var error = new JsonObject { ["code"] = message.ErrorCode, ["message"] = message.ErrorMessage };
        if (message.Type == MessageType.Error) error["severity"] = message.Severity.ToString().ToLowerInvariant();
        AddJson(error, "details", message.Data);
        return error;
    }

    private static void AddJson(JsonObject fields, string name, ReadOnlyMemory<byte> json)
    {
        if (!json.IsEmpty) fields[name] = Vector.Parse(json.Span);
    }

    private static void AddText(JsonObject fields, string name, ReadOnlyMemory<byte> text)
    {
        if (!text.IsEmpty) fields[name] = text.Text();
    }
}
