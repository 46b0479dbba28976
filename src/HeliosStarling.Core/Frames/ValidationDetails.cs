using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The details of VALIDATION_ERROR: <c>{errors:[{path, message}]}</c>, with as many errors as fit in the maximum size.</summary>
/// <param name="errors">The errors.</param>
/// <param name="maxMessageSize">The message size limit in bytes. The details use at most half of it.</param>
internal readonly struct ValidationDetails(IReadOnlyList<ValidationError> errors, int maxMessageSize) : IJsonBody
{
    /// <summary>The maximum size of the details in bytes.</summary>
    public const int MaxLength = 16 * 1024;

    // {"path":"","message":""},
    private const int ErrorLength = 25;

    // {"errors":[ and ]}, and the entry that says that there are more errors.
    private const int ReservedLength = 96;

    // A character outside the basic plane has two chars and needs twelve bytes.
    private const int MaxCharacterLength = 6;

    private static readonly ValidationError s_more = new("$", "There are more errors than this answer names.");

    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        var json = ((FrameWriter)output).BeginJson();
        json.WriteStartObject();
        json.WriteStartArray("errors");
        WriteErrors(json, Math.Min(MaxLength, maxMessageSize / 2) - ReservedLength);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private void WriteErrors(Utf8JsonWriter json, int room)
    {
        for (var i = 0; i < errors.Count; i++)
        {
            // The first error is always included.
            var error = i == 0 ? Shorten(errors[i], room) : errors[i];
            room -= LengthOf(error);
            Write(json, room < 0 ? s_more : error);
            if (room < 0) return;
        }
    }

    private static void Write(Utf8JsonWriter json, ValidationError error)
    {
        json.WriteStartObject();
        json.WriteString("path", error.Path);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }

    private static ValidationError Shorten(ValidationError error, int room)
    {
        if (LengthOf(error) <= room) return error;
        var length = (room - ErrorLength) / (2 * MaxCharacterLength);
        return new ValidationError(ValidationErrors.Cut(error.Path, length), ValidationErrors.Cut(error.Message, length));
    }

    private static int LengthOf(ValidationError error) => ErrorLength + LengthOf(error.Path) + LengthOf(error.Message);

    private static int LengthOf(string text) => Encoding.UTF8.GetByteCount(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text));
}
