using CsCheck;

namespace HeliosStarling.Protocol;

/// <summary>Generates valid messages with every freedom of the protocol: any order, spacing, escapes, unknown fields.</summary>
internal static class ValidMessages
{
    private static readonly Gen<string> s_space = Gen.Frequency((9, Gen.Const("")), (1, Gen.OneOf(" ", "\n", "\t\t", "\r\n  ")));
    private static readonly Gen<string> s_segment =
        Gen.Select(Gen.Char["abcXYZ"], Gen.String[Gen.Char["abyzABYZ0189_"], 0, 12], (first, rest) => first + rest);

    private static readonly Gen<string> s_topic = s_segment.Array[1, 4].Select(segments => string.Join(':', segments));
    private static readonly Gen<string> s_method = s_segment.Array[2, 5].Select(segments => string.Join(':', segments));
    private static readonly Gen<string> s_uuid =
        Gen.Select(Gen.Guid, Gen.Bool, (id, isUpper) => isUpper ? id.ToString().ToUpperInvariant() : id.ToString());

    private static readonly Gen<string> s_code = Gen.OneOf("A", "METHOD_ERROR", "X9_Y_Z", ErrorCodes.RequestPayloadTooLarge);
    private static readonly Gen<long> s_count =
        Gen.OneOf(Gen.Long[0, 9], Gen.Long[0, long.MaxValue], Gen.Const(0L), Gen.Const(long.MaxValue));

    /// <summary>A frame and the expected message.</summary>
    public static readonly Gen<(string Frame, Message Expected)> All =
        Gen.OneOf(Request(), UsualRequest(), Success(), Failure(), Notification(), Error(), Ack(), Ping());

    private static Gen<(string, Message)> Request() =>
        from id in s_uuid
        from method in s_method
        from payload in Optional(JsonTexts.Value)
        from frame in Frame(
            Start(MessageType.Request, id) with { Name = Frames.Utf8(method), Data = Frames.Utf8(payload) },
            Text("requestId", id), Text("method", method), Json("payload", payload))
        select frame;

    /// <summary>The usual order of fields, for which the reader has a fast path.</summary>
    private static Gen<(string, Message)> UsualRequest() =>
        from id in s_uuid
        from method in s_method
        from payload in JsonTexts.Value
        from timestamp in s_count
        select (
            $"{{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":{timestamp},\"type\":\"request\",\"requestId\":\"{id}\",\"method\":\"{method}\",\"payload\":{payload}}}",
            Start(MessageType.Request, id) with { Timestamp = timestamp, Name = Frames.Utf8(method), Data = Frames.Utf8(payload) });

    private static Gen<(string, Message)> Success() =>
        from id in s_uuid
        from data in Optional(JsonTexts.Value)
        from error in Gen.OneOf("", "null")
        from frame in Frame(
            Start(MessageType.Response, id) with { Success = true, Data = Frames.Utf8(data) },
            Text("requestId", id), Json("success", "true"), Json("data", data), Json("error", error))
        select frame;

    private static Gen<(string, Message)> Failure() =>
        from id in s_uuid
        from error in ErrorObject(Start(MessageType.Response, id))
        from frame in Frame(error.Expected, Text("requestId", id), Json("success", "false"), Json("error", error.Json))
        select frame;

    private static Gen<(string, Message)> Error() =>
        from severity in Gen.Enum<ErrorSeverity>()
        from error in ErrorObject(
            Start(MessageType.Error) with { Severity = severity },
            Text("severity", severity.ToString().ToLowerInvariant()))
        from frame in Frame(error.Expected, Json("error", error.Json))
        select frame;

    private static Gen<(string, Message)> Notification() =>
        from id in Optional(s_uuid)
        from topic in Optional(s_topic)
        from data in Optional(JsonTexts.Value)
        from notification in Object(Text("topic", topic), Json("data", data))
        from frame in Frame(
            Start(MessageType.Notification, id) with { Name = Frames.Utf8(topic), Data = Frames.Utf8(data) },
            Text("requestId", id), Json("notification", notification))
        select frame;

    private static Gen<(string, Message)> Ack() =>
        from id in s_uuid
        from received in Gen.Nullable(s_count)
        from frame in Frame(
            Start(MessageType.Ack, id) with { Received = received },
            Text("messageId", id), Json("received", received?.ToString() ?? ""))
        select frame;

    private static Gen<(string, Message)> Ping() =>
        from id in Optional(s_uuid)
        from frame in Frame(Start(MessageType.Ping, id), Text("messageId", id))
        select frame;

    private static Gen<(string Json, Message Expected)> ErrorObject(Message start, params Gen<string>[] more) =>
        from code in s_code
        from message in JsonTexts.Content
        from details in Optional(JsonTexts.Value.Where(json => json != "null"))
        let text = JsonTexts.Escaped(message).Select(json => $"\"message\":{json}")
        from error in Object([.. more, Text("code", code), text, Json("details", details)])
        select (error, start with { ErrorCode = code, ErrorMessage = message, Data = Frames.Utf8(details) });

    private static Gen<(string, Message)> Frame(Message expected, params Gen<string>[] fields) =>
        from timestamp in s_count
        from metadata in Optional(JsonTexts.Object)
        from peer in Gen.OneOf(Gen.OneOf("", "true"), JsonTexts.Object)
        from frame in Object([
            Text("protocol", "helios-starling"), Text("version", "1.0.0"), Json("timestamp", timestamp.ToString()),
            Text("type", expected.Type.ToString().ToLowerInvariant()), Json("metadata", metadata), Json("peer", peer), .. fields])
        select (frame, expected with { Timestamp = timestamp, Metadata = Frames.Utf8(metadata), Peer = Frames.Utf8(peer) });

    // Half of the objects keep the given order, so that the usual order is tested too.
    private static Gen<string> Object(params Gen<string>[] fields) =>
        from parts in Gen.OneOf(InOrder(fields), Gen.Shuffle(InOrder(fields), fields.Length + 1))
        from space in s_space
        select $"{space}{{{space}{string.Join(space + "," + space, parts.Where(field => field != ""))}{space}}}{space}";

    private static Gen<string[]> InOrder(Gen<string>[] fields) => fields.Aggregate(
        JsonTexts.UnknownField.Select(field => new[] { field }),
        (all, next) => Gen.Select(all, next, (done, field) => (string[])[.. done, field]));

    private static Message Start(MessageType type, string id = "") =>
        new() { Type = type, Id = id == "" ? default : Guid.Parse(id), IdText = Frames.Utf8(id) };

    private static Gen<string> Optional(Gen<string> value) => Gen.Frequency((3, value), (1, Gen.Const("")));

    private static Gen<string> Json(string name, string json) =>
        json == "" ? Gen.Const("") : JsonTexts.Escaped(name).Select(s_space, (key, space) => $"{key}{space}:{space}{json}");

    private static Gen<string> Text(string name, string value) =>
        value == ""
            ? Gen.Const("")
            : Gen.Select(JsonTexts.Escaped(name), s_space, JsonTexts.Escaped(value), (key, space, text) => $"{key}:{space}{text}");
}
