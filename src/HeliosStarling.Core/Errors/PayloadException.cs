using System.Text.Json;

namespace HeliosStarling;

/// <summary>JSON that cannot be read as the type a handler takes; answered with VALIDATION_ERROR (PROTOCOL.md section 4).</summary>
internal sealed class PayloadException(string path, string message) : Exception(message)
{
    public string Path => path;

    public static PayloadException From(JsonException exception) =>
        new(exception.Path ?? "$", exception.Message.Split(" Path: ", 2)[0]);
}
