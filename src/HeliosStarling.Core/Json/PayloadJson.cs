using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Reads raw JSON as the type that application code takes.</summary>
internal static class PayloadJson
{
    /// <summary>What is wrong when nothing came where something must.</summary>
    public static ValidationError Required { get; } = new("$", "A value is required.");

    // What holds such text could be read as raw JSON, but not be written again.
    public static ValidationError NoText { get; } = new("$", "The value cannot be read: a string holds an unpaired surrogate.");

    /// <summary>Whether a value is absent or null.</summary>
    public static bool IsNull(ReadOnlyMemory<byte> utf8) => utf8.IsEmpty || utf8.Span.SequenceEqual("null"u8);

    /// <summary>Reads a value; an absent one is read as null.</summary>
    public static bool TryRead<T>(
        ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type, out T? value, [NotNullWhen(false)] out ValidationError? fault)
    {
        if (LoneSurrogates.Contain(utf8.Span))
        {
            (value, fault) = (default, NoText);
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
            // A constructor or converter of the application that refuses.
            fault = new ValidationError("$", "The value cannot be read.");
        }
        value = default;
        return false;
    }

    /// <inheritdoc cref="TryRead"/>
    /// <exception cref="PayloadException">The JSON is not what the type takes.</exception>
    public static T? Read<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type) =>
        TryRead(utf8, type, out var value, out var fault) ? value : throw new PayloadException([fault]);

    /// <summary>Reads a value that must be there, unless its type has a value for null.</summary>
    /// <exception cref="PayloadException">The JSON is not what the type takes.</exception>
    public static T ReadRequired<T>(ReadOnlyMemory<byte> utf8, JsonTypeInfo<T> type) =>
        Read(utf8, type) is var value && (value is not null || IsNullable(typeof(T))) ? value! : throw new PayloadException([Required]);

    /// <summary>
    /// Reads JSON whatever it holds, as deep as it is; an absent one is read as null. Unpaired surrogates become U+FFFD, so that the result
    /// can be written again.
    /// </summary>
    public static JsonElement ReadElement(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(
            utf8.IsEmpty ? "null"u8.ToArray() : LoneSurrogates.Replace(utf8), new JsonDocumentOptions { MaxDepth = int.MaxValue });
        return document.RootElement.Clone();
    }

    /// <summary>
    /// The start of the string that the reader stands on, as much of it as is told; null when it is no text, such as the lone surrogate
    /// "\ud800".
    /// </summary>
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

    /// <summary>About how many bytes a <see cref="JsonElement"/> takes: its text, and 12 for each value and each name.</summary>
    public static int SizeOfElement(ReadOnlySpan<byte> utf8)
    {
        var parts = 1L + utf8.Count((byte)',') + utf8.Count((byte)':') + utf8.Count((byte)'[') + utf8.Count((byte)'{');
        return (int)Math.Min(int.MaxValue, utf8.Length + (12 * parts));
    }

    private static bool IsNullable(Type type) => type == typeof(object) || Nullable.GetUnderlyingType(type) is not null;
}
