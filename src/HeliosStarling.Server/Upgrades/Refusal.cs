using System.Buffers;
using System.Text.Json;

namespace HeliosStarling;

/// <summary>A refused upgrade request: an HTTP status with a JSON body (docs/protocol.md section 1).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The error code.</param>
/// <param name="message">The error message for people.</param>
/// <param name="headers">Further headers.</param>
internal sealed class Refusal(int status, string code, string message, params (string Name, string Value)[] headers)
{
    public int Status => status;

    public string Code => code;

    public string Message => message;

    /// <summary>
    /// All headers except those of the body. Pages of other origins may read the response: a browser hides why an upgrade failed, but the
    /// page can send a plain request to find out.
    /// </summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; } =
        [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "Retry-After"), .. headers];

    /// <summary>Whether to warn the operator: the request may be legitimate and is refused because of an option.</summary>
    public bool LogsWarning { get; init; }

    /// <summary>Writes the body: <c>{"error":{"code","message"}}</c>.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, code);
        json.WriteString("message"u8, message);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
