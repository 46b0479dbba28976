namespace HeliosStarling;

/// <summary>
/// Thrown when JSON cannot be read as the expected type. When a handler does not catch it, the answer is VALIDATION_ERROR (docs/protocol.md
/// section 4).
/// </summary>
internal sealed class PayloadException(IReadOnlyList<ValidationError> errors) : Exception(errors[0].Message)
{
    public IReadOnlyList<ValidationError> Errors => errors;
}
