namespace HeliosStarling;

/// <summary>
/// JSON that is not what somebody reads it as; out of a handler it is answered with VALIDATION_ERROR (docs/protocol.md section 4).
/// </summary>
internal sealed class PayloadException(IReadOnlyList<ValidationError> errors) : Exception(errors[0].Message)
{
    public IReadOnlyList<ValidationError> Errors => errors;
}
