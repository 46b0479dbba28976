using System.Text.Json;

namespace HeliosStarling;

/// <summary>Validates the payload as it came, whatever its handler reads it as.</summary>
internal static class RawValidation
{
    /// <summary>A handler that runs only if the validator finds nothing.</summary>
    public static RequestHandler Before(RequestHandler handler, Func<JsonElement, IEnumerable<ValidationError>> validator) => request =>
    {
        var errors = new ValidationErrors();
        errors.Add(validator(PayloadJson.ReadElement(request.Payload.Data)));
        if (errors.Count == 0) return handler(request);
        request.Refuse(errors.All);
        return default;
    };
}
