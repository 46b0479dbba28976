using System.Text;

namespace HeliosStarling.Fuzz;

/// <summary>Makes messages of every kind, with valid fields, fields at a limit, and wrong fields.</summary>
/// <param name="ids">The script's request ids.</param>
internal sealed class MessageMaker(RequestIds ids)
{
    // Methods that answer without further events.
    private static readonly string[] s_quickMethods =
    [
        "echo:echo", "text:echo", "numbers:stream", "work:progress", "fail:helios", "fail:boom", "fail:late", "fail:twice", "send:binary",
        "send:text", "send:json", "send:many",
        "room:join", "room:leave", "room:say", "all:say", "data:set", "state:token", "policy:set", "limited:call", "system:ping",
        "system:capabilities", "system:methods",
        "starling:state", "starling:getToken", "no:such", "filter:deny",
    ];

    private static readonly string[] s_slowMethods =
        ["wait:forever", "wait:ignoreCancel", "wait:block", "ask:client", "ask:stream", "close:me", "state:notify"];

    private static readonly string[] s_badMethods = ["", "x", "a:", ":a", "a:*", "9:a", "a b:c", "\\u0061:b", "é:é", "system:nothing"];

    private static readonly string[] s_topics =
    [
        "room:told", "boom:now", "slow:one", "system:cancel", "progress", "a", "state:token", "connection:missed", "connection:established",
        "", "a:*", "no:body",
    ];

    private static readonly string[] s_values =
    [
        "1", "null", "0", "3", "40", "200", "-1", "9223372036854775808", "1e999", "true", "\"\"", "\"text\"", "\"\\ud83d\\ude00\"",
        "\"\\ud800\"", "\"boom\"", "{}", "[]",
        """{"reason":"why"}""", """{"a":[1,{"b":null}],"a":2}""", Text(300), Text(700), Text(880), Text(1100), Text(5000), Nested(60),
        Nested(63), Nested(64), Nested(200), "nul", "{\"a\":",
    ];

    private static readonly string[] s_versions = ["1.0.0", "1.9.12", "2.0.0", "1.0", "01.0.0", "x"];
    private static readonly string[] s_received = ["0", "1", "-1", "1.5", "\"1\"", "9223372036854775807", "9223372036854775808", "null"];
    private static readonly string[] s_extras =
    [
        ",\"x\":1", ",\"peer\":true", ",\"peer\":{}", ",\"peer\":false", ",\"metadata\":{\"a\":1}", ",\"metadata\":1",
        ",\"type\":\"ping\"", ",\"version\":\"9.0.0\"",
    ];

    /// <summary>Makes the next message.</summary>
    /// <param name="choices">Decides the message.</param>
    /// <param name="client">The client that sends it.</param>
    /// <param name="fresh">Whether a request may have a new id, by which its answer is recognized.</param>
    public byte[] Next(Cursor choices, FuzzClient client, bool fresh)
    {
        var text = choices.Next(14) switch
        {
            0 or 1 or 2 => Quick(choices, client, fresh),
            3 => Of($"\"type\":\"request\",\"requestId\":\"{RequestIds.Pooled(choices.Next())}\",\"method\":\"{choices.Pick(s_slowMethods)}\"{Value("payload", choices)}", choices),
            4 => Of($"\"type\":\"request\",\"requestId\":\"{RequestIds.Any(choices.Next())}\",\"method\":\"{choices.Pick(s_badMethods)}\"{Value("payload", choices)}", choices),
            5 => Of(
                $"\"type\":\"notification\",\"notification\":{{\"topic\":\"{choices.Pick(s_topics)}\"{Value("data", choices)}}}", choices),
            6 => Of($"\"type\":\"notification\",\"requestId\":\"{RequestIds.Any(choices.Next())}\",\"notification\":{{\"topic\":\"{choices.Pick(s_topics)}\"{Value("data", choices)}}}", choices),
            7 => Of($"\"type\":\"notification\",\"requestId\":\"{client.LastRequestId}\",\"notification\":{{\"topic\":\"progress\"{Value("data", choices)}}}", choices),
            8 => Of($"\"type\":\"response\",\"requestId\":\"{(choices.Flag(3) ? RequestIds.Any(choices.Next()) : client.LastRequestId)}\",{Outcome(choices)}", choices),
            9 => Of(
                $"\"type\":\"error\",\"error\":{{\"severity\":\"{choices.Pick(["protocol", "application", "x"])}\",\"code\":\"{choices.Pick(["APP_ERROR", "lower", ""])}\",\"message\":\"m\"{Value("details", choices)}}}", choices),
            10 => Of($"\"type\":\"ack\",\"messageId\":\"{RequestIds.Any(choices.Next())}\",\"received\":{(choices.Flag(2) ? choices.Pick(s_received) : $"{client.Counted}")}", choices),
            11 => Of($"\"type\":\"ping\",\"messageId\":\"{RequestIds.Any(choices.Next())}\"", choices),
            12 => choices.Pick(["plain text", "boom", "echo", "", "{", "{} {}", "\u0000", "é"]),
            _ => choices.Pick(
                ["{}", "[1]", "\"boom\"", "null", """{"protocol":"other"}""", """{"protocol":"helios-starling"}""", """{"echo":true}"""]),
        };
        return Encoding.UTF8.GetBytes(text);
    }

    private string Quick(Cursor choices, FuzzClient client, bool fresh)
    {
        var isFresh = fresh && !choices.Flag(6);
        var id = isFresh ? ids.Fresh() : RequestIds.Pooled(choices.Next());
        var method = choices.Pick(s_quickMethods);
        if (isFresh) client.Expect(id);
        return $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"request","requestId":"{{id}}","method":"{{method}}"{{ValidValue("payload", choices)}}}""";
    }

    private static string Outcome(Cursor choices) => choices.Next(3) switch
    {
        0 => $"\"success\":true{Value("data", choices)}",
        1 => "\"success\":false,\"error\":{\"code\":\"APP_NO\",\"message\":\"no\"}",
        _ => $"\"success\":{choices.Pick(s_values)}",
    };

    private static string Of(string fields, Cursor choices)
    {
        var version = choices.Flag(8) ? choices.Pick(s_versions) : "1.0.0";
        var extra = choices.Flag(6) ? choices.Pick(s_extras) : "";
        var timestamp = choices.Flag(16) ? choices.Pick(s_values) : "1";
        return $$"""{"protocol":"helios-starling","version":"{{version}}","timestamp":{{timestamp}},{{fields}}{{extra}}}""";
    }

    private static string Value(string name, Cursor choices) => choices.Flag(5) ? "" : $",\"{name}\":{choices.Pick(s_values)}";

    // Invalid JSON would make the whole message plain text, which has no answer.
    private static string ValidValue(string name, Cursor choices)
    {
        if (choices.Flag(5)) return "";
        var value = choices.Pick(s_values);
        return $",\"{name}\":{(value is "nul" or "{\"a\":" ? "0" : value)}";
    }

    private static string Text(int length) => $"\"{new string('x', length)}\"";

    private static string Nested(int levels) => $"{new string('[', levels)}1{new string(']', levels)}";
}
