using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A handler whose only parameter is the payload. While it runs on the reader, it needs no <see cref="InboundRequest"/>, because its
/// request cannot be cancelled, time out or send notifications. A request is created only when the handler continues after its first await.
/// </summary>
internal abstract class InlineHandler
{
    /// <summary>Reads the payload and runs the handler on this thread up to its first await.</summary>
    /// <param name="session">The session that received the request.</param>
    /// <param name="method">The method.</param>
    /// <param name="message">The request. It is valid only during the call.</param>
    /// <returns>The answer; null when the handler continues and answers later.</returns>
    public abstract Frame? Run(Session session, MethodEntry method, in Message message);
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the payload.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <param name="handler">The handler of the application.</param>
/// <param name="reader">Reads the payload. It must not have validation rules, which may need services.</param>
/// <param name="type">The JSON metadata of the result; null when the answer has no data.</param>
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
            // GetResult throws the exception of a failed handler.
            if (running.IsCompleted) return Encode(engine, id, running.GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            Failures.Log(engine, method.Name, exception);
            return Failures.Encode(engine, method.Name, id, exception, out _);
        }
        Continue(new InboundRequest(session, method, in message, RequestPayload.SizeOf(in message)), running);
        return null;
    }

    private Frame Encode(Engine engine, ReadOnlySpan<byte> id, TResult result) =>
        type is null ? engine.Encoder.Success(id, default(RawJson)) : engine.Encoder.Success(id, new SerializedJson<TResult>(result, type));

    // A separate method, so that its closure is allocated only here.
    private void Continue(InboundRequest request, ValueTask<TResult> running) =>
        request.Run.Continue(type is null ? NoResult.Wait(running) : ResultWriter.AnswerAsync(request, running, type));
}
