namespace HeliosStarling.Wire;

/// <summary>Protocol messages written as plain text, without the project's code.</summary>
internal static class ClientMessage
{
    public const string Id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

    /// <summary>A complete envelope around <paramref name="fields"/>.</summary>
    public static string Of(string fields) => $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,{{fields}}}""";

    public static string Request(string method, string? payload = null, string id = Id) =>
        Of($"""
            "type":"request","requestId":"{id}","method":"{method}"{(payload is null ? "" : $",\"payload\":{payload}")}
            """);

    public static string Notification(string topic, string data) =>
        Of($$"""
            "type":"notification","notification":{"topic":"{{topic}}","data":{{data}}}
            """);

    public static string Cancel(string? data = null, string id = Id) =>
        Of($$"""
            "type":"notification","requestId":"{{id}}","notification":{"topic":"system:cancel"{{(data is null ? "" : $",\"data\":{data}")}}}
            """);

    public static string IdOf(int number) => $"00000000-0000-4000-8000-{number:d12}";
}
