using System.Text.Json;

namespace HeliosStarling;

/// <summary>Validates raw payloads before they are deserialized.</summary>
internal static class RawValidation
{
    /// <summary>Returns a handler that runs only if the validator returns no errors.</summary>
    public static RequestHandler Before(RequestHandler handler, Func<JsonElement, IEnumerable<ValidationError>> validator) => request =>
    {
        var errors = new ValidationErrors();
        errors.Add(validator(PayloadJson.ReadElement(request.Payload.Data)));
        if (errors.Count == 0) return handler(request);
        request.Refuse(errors.All);
        return default;
    };
}
