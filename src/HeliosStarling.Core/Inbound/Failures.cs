using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>What a request is answered with that fails.</summary>
internal static class Failures
{
    private const string MethodFailed = "Method execution failed";

    /// <summary>The answer to a request whose handler threw.</summary>
    /// <param name="engine">Encodes it.</param>
    /// <param name="method">What was called, for the log.</param>
    /// <param name="idText">The request's id.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="code">The failure's code.</param>
    public static Frame Encode(Engine engine, string method, ReadOnlySpan<byte> idText, Exception exception, out string code)
    {
        code = exception switch
        {
            HeliosException { IsOfRequest: false } e => e.Code,
            PayloadException => ErrorCodes.ValidationError,
            _ => ErrorCodes.MethodError,
        };
        try
        {
            return exception switch
            {
                HeliosException { IsOfRequest: false } e =>
                    engine.Encoder.Failure(idText, code, e.Message, new SerializedJson(e.Details, engine.Types)),
                PayloadException e => Encode(engine, idText, e.Errors),
                _ when engine.Debug =>
                    engine.Encoder.Failure(idText, code, MethodFailed, new ErrorDetails(("exception", exception.ToString()))),
                _ => engine.Encoder.Failure(idText, code, MethodFailed, default(RawJson)),
            };
        }
        catch (Exception serialization)
        {
            engine.Logger.HandlerFailed(method, serialization);
            code = ErrorCodes.MethodError;
            return engine.Encoder.Failure(idText, code, MethodFailed, default(RawJson));
        }
    }

    /// <summary>The answer to a request whose payload is not what the method takes.</summary>
    public static Frame Encode(Engine engine, ReadOnlySpan<byte> idText, IReadOnlyList<ValidationError> errors) =>
        engine.Encoder.Failure(
            idText,
            ErrorCodes.ValidationError,
            ValidationErrors.Summarize("The payload is not what the method takes", errors),
            new ValidationDetails(errors, engine.MaxMessageSize));

    /// <summary>Logs what a handler threw, unless it is meant for the caller.</summary>
    public static void Log(Engine engine, string method, Exception exception)
    {
        if (exception is not (HeliosException { IsOfRequest: false } or PayloadException))
            engine.HandlerLog.MethodFailed(method, exception);
    }
}
