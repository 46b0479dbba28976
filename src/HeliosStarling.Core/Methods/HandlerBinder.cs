using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Turns typed handlers of every shape into <see cref="RequestHandler"/>s. Types are looked up here, so that a missing one stops the start.</summary>
/// <param name="engine">Knows the types.</param>
/// <param name="contextOf">Makes what this side's handlers are given.</param>
internal sealed class HandlerBinder<TContext>(Engine engine, Func<InboundRequest, TContext> contextOf)
{
    public RequestHandler Bind(Func<TContext, ValueTask> handler) => request => handler(contextOf(request));

    public RequestHandler Bind<TResult>(Func<TContext, ValueTask<TResult>> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return request => Answers.AnswerAsync(request, handler(contextOf(request)), result);
    }

    public RequestHandler Bind<T>(Func<T, TContext, ValueTask> handler)
    {
        var payload = engine.TypeInfo<T>();
        return request => handler(Read(request, payload), contextOf(request));
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, ValueTask<TResult>> handler)
    {
        var (payload, result) = (engine.TypeInfo<T>(), engine.TypeInfo<TResult>());
        return request => Answers.AnswerAsync(request, handler(Read(request, payload), contextOf(request)), result);
    }

    public RequestHandler Bind<T>(Func<T, TContext, Task> handler)
    {
        var payload = engine.TypeInfo<T>();
        return request => new ValueTask(handler(Read(request, payload), contextOf(request)));
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, Task<TResult>> handler)
    {
        var (payload, result) = (engine.TypeInfo<T>(), engine.TypeInfo<TResult>());
        return request => Answers.AnswerAsync(request, new ValueTask<TResult>(handler(Read(request, payload), contextOf(request))), result);
    }

    public RequestHandler Bind<T, TItem>(Func<T, TContext, IAsyncEnumerable<TItem>> handler)
    {
        var (payload, item) = (engine.TypeInfo<T>(), engine.TypeInfo<TItem>());
        return request => Answers.StreamAsync(request, handler(Read(request, payload), contextOf(request)), item);
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, TResult> handler)
    {
        var (payload, result) = (engine.TypeInfo<T>(), engine.TypeInfo<TResult>());
        return request => Answers.Answer(request, handler(Read(request, payload), contextOf(request)), result);
    }

    public RequestHandler Bind<T>(Action<T, TContext> handler)
    {
        var payload = engine.TypeInfo<T>();
        return request =>
        {
            handler(Read(request, payload), contextOf(request));
            return default;
        };
    }

    private static T Read<T>(InboundRequest request, JsonTypeInfo<T> type) => Payloads.ReadRequired(request.Payload, type);
}
