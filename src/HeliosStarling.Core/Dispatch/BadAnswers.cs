using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// Fails the requests of unusable answers and notifications at once, instead of at their time limits (docs/protocol.md section 4).
/// </summary>
internal static class BadAnswers
{
    private const string Forwarded = "peer: messages are not passed on to other clients here";

    /// <summary>Fails the request to which an invalid message belongs, if there is one.</summary>
    public static void Fail(Session session, Violation violation)
    {
        if (violation.AnsweredIdText.IsEmpty || !TryFind(session, violation.AnsweredIdText, violation.IsResponse, out var asked)) return;
        Fail(asked, violation.IsResponse, Invalid(asked, violation.Faults));
    }

    /// <summary>Fails the request to which a message for another client belongs, if there is one.</summary>
    public static void FailForwarded(Session session, in Message message)
    {
        if (message.Type is not (MessageType.Response or MessageType.Notification)) return;
        if (message.Type == MessageType.Response) session.OnRequestEnded(message.Id);
        if (!session.Outbound.TryGet(message.Id, out var asked)) return;
        Fail(asked, message.Type == MessageType.Response, Invalid(asked, [Forwarded]));
    }

    /// <summary>Fails the request to which a skipped message belongs, if there is one.</summary>
    /// <param name="session">The session that received the message.</param>
    /// <param name="type">The type of the message; null when it is unknown.</param>
    /// <param name="requestIdText">The request id in the first bytes of the message.</param>
    /// <param name="failure">The reason why it was not read.</param>
    /// <returns>True when there was a request of this side with that id.</returns>
    public static bool TryFail(Session session, MessageType? type, ReadOnlyMemory<byte> requestIdText, HeliosException failure)
    {
        if (type is not (null or MessageType.Response or MessageType.Notification)
            || !TryFind(session, requestIdText, type != MessageType.Notification, out var asked)) return false;
        Fail(asked, type != MessageType.Notification, failure);
        return true;
    }

    private static void Fail(ISentRequest asked, bool isAnswer, HeliosException failure)
    {
        if (isAnswer) asked.FailAnswered(failure);
        else asked.OnNotificationLost(failure);
    }

    private static bool TryFind(
        Session session, ReadOnlyMemory<byte> requestIdText, bool isAnswer, [NotNullWhen(true)] out ISentRequest? asked)
    {
        asked = null;
        if (!Guid.TryParse(requestIdText.Span, out var id)) return false;
        if (isAnswer) session.OnRequestEnded(id);
        return session.Outbound.TryGet(id, out asked);
    }

    private static HeliosException Invalid(ISentRequest asked, IReadOnlyList<string> faults) =>
        new(
            ErrorCodes.ProtocolInvalidMessage,
            $"The answer to '{asked.Method}' is not a valid protocol message: {faults[0]}.",
            Violations(faults));

    private static JsonElement Violations(IReadOnlyList<string> faults)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("violations");
        foreach (var fault in faults) json.WriteStringValue(fault);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
