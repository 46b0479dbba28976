using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A handler that takes its payload alone. It needs no <see cref="InboundRequest"/> as long as it runs on the reader: nobody can cancel its
/// request, add to it or let it wait. A request is made only when the handler goes on after its first await.
/// </summary>
internal abstract class InlineHandler
{
    /// <summary>Reads the payload and runs the handler on this thread up to its first await.</summary>
    /// <param name="session">Whose request it is.</param>
    /// <param name="method">What is called.</param>
    /// <param name="message">The request; valid during the call.</param>
    /// <returns>The answer; null when the handler goes on and answers later.</returns>
    public abstract Frame? Run(Session session, MethodEntry method, in Message message);
}

/// <inheritdoc/>
/// <typeparam name="T">What the payload is read as.</typeparam>
/// <typeparam name="TResult">What the handler returns.</typeparam>
/// <param name="handler">The application's code.</param>
/// <param name="reader">Reads the payload, without rules that ask for services.</param>
/// <param name="type">How the result is written; null when the answer has no data.</param>
internal sealed class InlineHandler<T, TResult>(Func<T, ValueTask<TResult>> handler, PayloadReader<T> reader, JsonTypeInfo<TResult>? type)
    : InlineHandler
{
    /// <inheritdoc/>
    public override Frame? Run(Session session, MethodEntry method, in Message message)
    {
        var engine = session.Engine;
        var id = message.IdText.Span;
        ValueTask<TResult> running;
        try
        {
            if (!reader.TryRead(message.Data, services: null, out var payload, out var errors)) return Failures.Encode(engine, id, errors);
            running = handler(payload);
            // The result of one that has failed throws.
            if (running.IsCompleted) return Encode(engine, id, running.GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            Failures.Log(engine, method.Name, exception);
            return Failures.Encode(engine, method.Name, id, exception, out _);
        }
        GoOn(new InboundRequest(session, method, in message, RequestPayload.SizeOf(in message)), running);
        return null;
    }

    private Frame Encode(Engine engine, ReadOnlySpan<byte> id, TResult result) =>
        type is null ? engine.Encoder.Success(id, default(RawJson)) : engine.Encoder.Success(id, new SerializedJson<TResult>(result, type));

    // Apart from the rest: what it captures is allocated only here.
    private void GoOn(InboundRequest request, ValueTask<TResult> running) =>
        request.Run.GoOn(type is null ? NoResult.Wait(running) : ResultWriter.AnswerAsync(request, running, type));
}
