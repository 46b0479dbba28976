using System.Text.Json;

namespace HeliosStarling;

/// <summary>The raw JSON payload of a request. It is deserialized only when the handler reads it.</summary>
/// <remarks>
/// The bytes belong only to this request. They may be kept and read after the handler has ended. Safe to use concurrently.
/// </remarks>
public readonly struct JsonPayload
{
    private readonly RequestContextBase _context;

    internal JsonPayload(RequestContextBase context) => _context = context;

    /// <summary>Indicates whether the request has no payload.</summary>
    public bool IsAbsent => Utf8.IsEmpty;

    /// <summary>The raw JSON as UTF-8; empty when absent.</summary>
    public ReadOnlyMemory<byte> Utf8 => _context.Request.Payload.Data;

    /// <summary>The payload as a document, of kind <see cref="JsonValueKind.Null"/> when absent.</summary>
    public JsonElement Element => PayloadJson.ReadElement(Utf8);

    /// <summary>
    /// Reads the payload as <typeparamref name="T"/> and validates it with the attributes of the type. Returns null when it is absent.
    /// </summary>
    /// <remarks>An invalid payload ends the handler with <c>VALIDATION_ERROR</c>, unless the handler catches the exception.</remarks>
    public T? Read<T>()
    {
        var type = _context.Session.Engine.TypeInfo<T>();
        var value = PayloadJson.Read(Utf8, type);
        if (value is null || _context.Session.Engine.RulesOf(type) is not { } rules) return value;
        return rules.Check(value, _context.LazyRequestServices) is { } errors ? throw new PayloadException(errors) : value;
    }
}
