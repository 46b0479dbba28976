using System.Text;
using System.Text.Json;

namespace HeliosStarling.Protocol;

/// <summary>The rules for <c>error: {code, message, details?}</c>, which failed responses and error messages contain.</summary>
internal static class ErrorRules
{
    public static void Apply(ref FieldReader fields, ref MessageDraft message)
    {
        if (fields[FieldId.Error].Kind != JsonTokenType.StartObject)
        {
            Required.AddFault(ref fields, FieldId.Error, "error", "must be an object");
            return;
        }

        message.ErrorCode = GetCode(ref fields);
        message.Data = fields.RawUnlessNull(FieldId.ErrorDetails);
        if (!fields.TryGetErrorMessage(FieldId.ErrorMessage, out message.ErrorMessage))
            Required.AddFault(ref fields, FieldId.ErrorMessage, "error.message", "must be a string");
    }

    private static string? GetCode(ref FieldReader fields)
    {
        if (!fields.TryGetString(FieldId.ErrorCode, out var text))
        {
            Required.AddFault(ref fields, FieldId.ErrorCode, "error.code", "must be a string");
            return null;
        }

        var code = text.Length <= ProtocolLimits.MaxErrorCodeLength ? Encoding.UTF8.GetString(text.Span) : null;
        if (!ErrorCodes.IsValid(code)) fields.AddFault("error.code: must be UPPER_SNAKE_CASE, 1 to 63 characters");
        return code;
    }
}
