using static HeliosStarling.Wire.ClientMessage;

namespace HeliosStarling.Wire;

/// <summary>Invalid protocol messages, and the faults that their answers must name.</summary>
internal static class Violations
{
    private const string BadMethod =
        "method: must be at least two segments of letters, digits and _, each beginning with a letter, joined by colons, 3 to 128 characters";

    private const string BadTopic =
        "notification.topic: must be segments of letters, digits, _, . and -, each beginning with a letter, a digit or _, joined by colons, 1 to 256 characters";

    private const string BadVersion = "version: must be a string of three numbers such as 1.0.0";

    private const string BadType = "type: must be one of request, response, notification, error, ack, ping";

    private const string RequestOfId = $"\"type\":\"request\",\"requestId\":\"{Id}\"";

    private const string ResponseOfId = $"\"type\":\"response\",\"requestId\":\"{Id}\"";

    /// <summary>Requests with a readable id whose only fault is the method's name.</summary>
    public static IEnumerable<TheoryDataRow<string>> MethodNames =>
        new[] { "ping", "a", "", ":a", "a:", "a::b", "1a:b", "a:b c", "ä:b", "a:*", new string('a', 127) + ":b" }
            .Select(name => new TheoryDataRow<string>(Request(name)) { Label = name.Length > 20 ? "129 characters" : name });

    public static IEnumerable<TheoryDataRow<string, string>> OfRequests =>
    [
        Row("method missing", Of(RequestOfId), "method: is missing"),
        Row("method no text", Of($"{RequestOfId},\"method\":7"), "method: must be a string"),
        Row("timestamp missing", $$"""
            {"protocol":"helios-starling","version":"1.0.0",{{RequestOfId}},"method":"a:b"}
            """, "timestamp: is missing"),
        Row("timestamp negative", $$"""
            {"protocol":"helios-starling","version":"1.0.0","timestamp":-1,{{RequestOfId}},"method":"a:b"}
            """, "timestamp: must be an integer of at least 0"),
        Row("timestamp no integer", $$"""
            {"protocol":"helios-starling","version":"1.0.0","timestamp":1.5,{{RequestOfId}},"method":"a:b"}
            """, "timestamp: must be an integer of at least 0"),
        Row("version missing", $$"""
            {"protocol":"helios-starling","timestamp":1,{{RequestOfId}},"method":"a:b"}
            """, "version: is missing"),
        Row("version malformed", $$"""
            {"protocol":"helios-starling","version":"1.0","timestamp":1,{{RequestOfId}},"method":"a:b"}
            """, BadVersion),
        Row("metadata no object", Of($"{RequestOfId},\"method\":\"a:b\",\"metadata\":[]"), "metadata: must be an object"),
        Row(
            "peer neither boolean nor object",
            Of($"{RequestOfId},\"method\":\"a:b\",\"peer\":\"you\""),
            "peer: must be a boolean or an object"),
        Row("everything at once", $$"""
            {"protocol":"helios-starling","version":1,"timestamp":"now","metadata":1,"peer":1,{{RequestOfId}},"method":"a"}
            """, BadVersion, "timestamp: must be an integer of at least 0", "metadata: must be an object",
            "peer: must be a boolean or an object", BadMethod),
    ];

    public static IEnumerable<TheoryDataRow<string, string>> OfOthers =>
    [
        Row(
            "nothing but the protocol",
            """{"protocol":"helios-starling"}""",
            "version: is missing",
            "timestamp: is missing",
            "type: is missing"),
        Row("unknown type", Of($"\"type\":\"call\",\"requestId\":\"{Id}\""), BadType),
        Row("type no text", Of("\"type\":1"), BadType),
        Row("request without id", Of("\"type\":\"request\",\"method\":\"a:b\""), "requestId: is missing"),
        Row(
            "request whose id is no UUID",
            Of("\"type\":\"request\",\"requestId\":\"7\",\"method\":\"a\""),
            "requestId: must be a UUID",
            BadMethod),
        Row("response without anything", Of("\"type\":\"response\""), "requestId: is missing", "success: is missing"),
        Row("response whose success is no boolean", Of($"{ResponseOfId},\"success\":1"), "success: must be a boolean"),
        Row(
            "success with an error",
            Of($$"""{{ResponseOfId}},"success":true,"error":{"code":"A","message":""}"""),
            "error: must be absent when success is true"),
        Row("failure without error", Of($"{ResponseOfId},\"success\":false"), "error: is missing"),
        Row("failure with a bad error", Of($$"""{{ResponseOfId}},"success":false,"error":{"code":"bad"}"""),
            "error.code: must be UPPER_SNAKE_CASE, 1 to 63 characters", "error.message: is missing"),
        Row("notification without any", Of("\"type\":\"notification\""), "notification: is missing"),
        Row("notification of a bad topic to a bad id", Of("""
            "type":"notification","requestId":1,"notification":{"topic":"a:*"}
            """), "requestId: must be a UUID", BadTopic),
        Row("topic no text", Of("""
            "type":"notification","notification":{"topic":1}
            """), "notification.topic: must be a string"),
        Row(
            "ack without id, with a bad count",
            Of("\"type\":\"ack\",\"received\":-1"),
            "messageId: is missing",
            "received: must be an integer of at least 0"),
        Row("ping whose id is no UUID", Of("\"type\":\"ping\",\"messageId\":\"x\""), "messageId: must be a UUID"),
    ];

    public static string Details(params IEnumerable<string> faults) =>
        $$"""{"violations":[{{string.Join(',', faults.Select(fault => $"\"{fault}\""))}}]}""";

    public static string MethodDetails => Details(BadMethod);

    private static TheoryDataRow<string, string> Row(string label, string message, params string[] faults) =>
        new(message, Details(faults)) { Label = label };
}
