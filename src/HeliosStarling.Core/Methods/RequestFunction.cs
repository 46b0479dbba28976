using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A handler that takes the payload alone and is over when it returns: its request is answered at once, and nobody can cancel it, add to it or let it wait.
/// </summary>
internal abstract class RequestFunction
{
    /// <summary>Reads the payload and runs the user's code; what either throws is the answer, too.</summary>
    /// <param name="engine">Encodes the answer.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="message">The request.</param>
    public abstract Frame Answer(Engine engine, string method, in Message message);
}

/// <inheritdoc/>
/// <param name="function">The user's code.</param>
/// <param name="reader">Reads the payload, without rules that ask for services.</param>
/// <param name="type">How the result is written.</param>
internal sealed class RequestFunction<T, TResult>(Func<T, TResult> function, PayloadReader<T> reader, JsonTypeInfo<TResult> type) : RequestFunction
{
    /// <inheritdoc/>
    public override Frame Answer(Engine engine, string method, in Message message)
    {
        var id = message.IdText.Span;
        try
        {
            return reader.TryRead(message.Data, services: null, out var payload, out var errors)
                ? engine.Encoder.Success(id, new SerializedJson<TResult>(function(payload), type))
                : Failures.Encode(engine, id, errors);
        }
        catch (Exception exception)
        {
            Failures.Log(engine, method, exception);
            return Failures.Encode(engine, method, id, exception, out _);
        }
    }
}
