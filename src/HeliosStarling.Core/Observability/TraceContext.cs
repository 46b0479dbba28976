using System.Buffers;
using System.Diagnostics;
using System.Text.Json;

namespace HeliosStarling;

/// <summary>
/// Reads and writes the W3C trace context in the metadata of a request: <c>traceparent</c> and <c>tracestate</c> (docs/protocol.md section
/// 2).
/// </summary>
internal static class TraceContext
{
    // The length that every vendor must pass on (W3C Trace Context, section 3.3.1.5). A longer state is omitted, never cut.
    private const int MaxState = 512;

    /// <summary>Reads the context. Returns false when it is absent or malformed.</summary>
    /// <param name="metadata">A JSON object, or nothing.</param>
    /// <param name="context">The context of the peer's span.</param>
    public static bool TryRead(ReadOnlySpan<byte> metadata, out ActivityContext context)
    {
        context = default;
        if (metadata.IsEmpty) return false;
        var (parent, state) = Find(metadata);
        return parent is not null
            && ActivityContext.TryParse(parent, state is { Length: <= MaxState } ? state : null, isRemote: true, out context);
    }

    /// <summary>Adds the context of a span to the metadata of the application.</summary>
    /// <param name="metadata">A JSON object, or nothing.</param>
    /// <param name="span">The span.</param>
    /// <returns>The metadata with the context; unchanged when they already have a <c>traceparent</c> or are not an object.</returns>
    public static byte[] Write(byte[] metadata, Activity span)
    {
        if (span is not { IdFormat: ActivityIdFormat.W3C, Id: { } id }) return metadata;
        if (metadata.Length > 0 && (metadata[0] != (byte)'{' || Find(metadata).Parent is not null)) return metadata;
        var output = new ArrayBufferWriter<byte>(metadata.Length + id.Length + 32);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("traceparent"u8, id);
            if (span.TraceStateString is { Length: > 0 and <= MaxState } state) json.WriteString("tracestate"u8, state);
            json.WriteEndObject();
        }
        return Join(output.WrittenSpan, metadata);
    }

    // {"traceparent":"…"} and {"mine":1} become {"traceparent":"…","mine":1}
    private static byte[] Join(ReadOnlySpan<byte> context, ReadOnlySpan<byte> metadata)
    {
        var rest = metadata.IsEmpty ? "}"u8 : metadata[1..].TrimStart(" \t\r\n"u8);
        return rest[0] == (byte)'}' ? context.ToArray() : [.. context[..^1], (byte)',', .. rest];
    }

    private static (string? Parent, string? State) Find(ReadOnlySpan<byte> metadata)
    {
        string? parent = null, state = null;
        // Any depth is allowed here, because the reader of the message has already checked it.
        var reader = new Utf8JsonReader(metadata, new JsonReaderOptions { MaxDepth = int.MaxValue });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isParent = reader.ValueTextEquals("traceparent"u8);
            var isState = !isParent && reader.ValueTextEquals("tracestate"u8);
            reader.Read();
            if (isParent && reader.TokenType == JsonTokenType.String) parent = PayloadJson.ReadText(ref reader);
            if (isState && reader.TokenType == JsonTokenType.String) state = PayloadJson.ReadText(ref reader);
            reader.Skip();
        }
        return (parent, state);
    }
}
