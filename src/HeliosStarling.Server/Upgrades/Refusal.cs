using System.Buffers;
using System.Text.Json;

namespace HeliosStarling;

/// <summary>Why a request doesn't become a WebSocket: a plain HTTP answer with a JSON body (docs/protocol.md section 1).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">An error code.</param>
/// <param name="message">A sentence for people.</param>
/// <param name="headers">Further headers.</param>
internal sealed class Refusal(int status, string code, string message, params (string Name, string Value)[] headers)
{
    public int Status => status;

    public string Code => code;

    public string Message => message;

    /// <summary>
    /// All headers but those of the body. A page of another origin can read the answer: a browser cannot see why an upgrade failed, but it
    /// can ask.
    /// </summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; } =
        [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "Retry-After"), .. headers];

    /// <summary>Whether an option of the server refuses what may be meant to come in, so that its operator has to know.</summary>
    public bool IsWarned { get; init; }

    /// <summary>The body: <c>{"error":{"code","message"}}</c>.</summary>
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
