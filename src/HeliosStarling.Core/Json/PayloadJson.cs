using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Reads raw JSON as a type of the application.</summary>
internal static class PayloadJson
{
    /// <summary>The error for a required value that is absent or null.</summary>
    public static ValidationError Required { get; } = new("$", "A value is required.");

    // The error for text with an unpaired surrogate. Such text could be read, but not written again.
    public static ValidationError UnpairedSurrogate { get; } = new("$", "The value cannot be read: a string holds an unpaired surrogate.");

    /// <summary>Determines whether a value is absent or null.</summary>
    public static bool IsNull(ReadOnlyMemory<byte> utf8) => utf8.IsEmpty || utf8.Span.SequenceEqual("null"u8);

    /// <summary>Reads a value. An absent value is read as null.</summary>
    public static bool TryRead<T>(
        ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type, out T? value, [NotNullWhen(false)] out ValidationError? fault)
    {
        if (LoneSurrogates.Contain(utf8.Span))
        {
            (value, fault) = (default, UnpairedSurrogate);
            return false;
        }
        try
        {
            (value, fault) = (JsonSerializer.Deserialize(utf8.IsEmpty ? "null"u8 : utf8.Span, type), null);
            return true;
        }
        catch (JsonException exception)
        {
            fault = JsonFaults.Of(exception);
        }
        catch (Exception)
        {
            // Thrown by a constructor or converter of the application.
            fault = new ValidationError("$", "The value cannot be read.");
        }
        value = default;
        return false;
    }

    /// <inheritdoc cref="TryRead"/>
    /// <exception cref="PayloadException">The JSON cannot be read as the type.</exception>
    public static T? Read<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type) =>
        TryRead(utf8, type, out var value, out var fault) ? value : throw new PayloadException([fault]);

    /// <summary>Reads a required value. Null is accepted only when the type is nullable or <see cref="object"/>.</summary>
    /// <exception cref="PayloadException">The JSON cannot be read as the type.</exception>
    public static T ReadRequired<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type) =>
        Read(utf8, type) is var value && (value is not null || IsNullable(typeof(T))) ? value! : throw new PayloadException([Required]);

    /// <summary>
    /// Reads any JSON, of any depth. An absent value is read as null. Unpaired surrogates become U+FFFD, so that the result can be written
    /// again.
    /// </summary>
    public static JsonElement ReadElement(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(
            utf8.IsEmpty ? "null"u8.ToArray() : LoneSurrogates.Replace(utf8), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        return document.RootElement.Clone();
    }

    /// <summary>Returns the current string of the reader, cut to a maximum length; null when it contains an unpaired surrogate.</summary>
    public static string? ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is { } text ? ValidationErrors.Cut(text) : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns the approximate number of bytes that a <see cref="JsonElement"/> needs: its text, and 12 bytes for each value and name.
    /// </summary>
    public static int SizeOfElement(ReadOnlySpan<byte> utf8)
    {
        var parts = 1L + utf8.Count((byte)',') + utf8.Count((byte)':') + utf8.Count((byte)'[') + utf8.Count((byte)'{');
        return (int)Math.Min(int.MaxValue, utf8.Length + (12 * parts));
    }

    private static bool IsNullable(Type type) => type == typeof(object) || Nullable.GetUnderlyingType(type) is not null;
}
