using System.Reflection;

namespace HeliosStarling;

/// <summary>
/// Turns typed handlers of every shape into <see cref="RequestHandler"/>s. Types are looked up here, so that a missing one stops the start.
/// </summary>
/// <param name="engine">Knows the types.</param>
/// <param name="contextOf">Makes what this side's handlers are given.</param>
/// <param name="findGiven">Finds types that handlers are given instead of a payload; null for the others. Default: there are none.</param>
internal sealed class HandlerBinder<TContext>(Engine engine, Func<InboundRequest, TContext> contextOf, Func<Type, Func<TContext, object>?>? findGiven = null)
    where TContext : RequestContextBase
{
    public RequestHandler Bind(Func<TContext, ValueTask> handler) => request => handler(contextOf(request));

    public RequestHandler Bind<TResult>(Func<TContext, ValueTask<TResult>> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return request => Answers.AnswerAsync(request, handler(contextOf(request)), result);
    }

    public RequestHandler Bind<T>(Func<T, TContext, ValueTask> handler)
    {
        var read = ReaderOf<T>(handler);
        return request =>
        {
            var context = contextOf(request);
            return handler(read(context), context);
        };
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, ValueTask<TResult>> handler)
    {
        var (read, result) = (ReaderOf<T>(handler), engine.TypeInfo<TResult>());
        return request =>
        {
            var context = contextOf(request);
            return Answers.AnswerAsync(request, handler(read(context), context), result);
        };
    }

    public RequestHandler Bind<T>(Func<T, TContext, Task> handler)
    {
        var read = ReaderOf<T>(handler);
        return request =>
        {
            var context = contextOf(request);
            return new ValueTask(handler(read(context), context));
        };
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, Task<TResult>> handler)
    {
        var (read, result) = (ReaderOf<T>(handler), engine.TypeInfo<TResult>());
        return request =>
        {
            var context = contextOf(request);
            return Answers.AnswerAsync(request, new ValueTask<TResult>(handler(read(context), context)), result);
        };
    }

    public RequestHandler Bind<T, TItem>(Func<T, TContext, IAsyncEnumerable<TItem>> handler)
    {
        var (read, item) = (ReaderOf<T>(handler), engine.TypeInfo<TItem>());
        return request =>
        {
            var context = contextOf(request);
            return Answers.StreamAsync(request, handler(read(context), context), item);
        };
    }

    public RequestHandler Bind<T, TResult>(Func<T, TContext, TResult> handler)
    {
        var (read, result) = (ReaderOf<T>(handler), engine.TypeInfo<TResult>());
        return request =>
        {
            var context = contextOf(request);
            return Answers.Answer(request, handler(read(context), context), result);
        };
    }

    public RequestHandler Bind<T>(Action<T, TContext> handler)
    {
        var read = ReaderOf<T>(handler);
        return request =>
        {
            var context = contextOf(request);
            handler(read(context), context);
            return default;
        };
    }

    /// <summary>How a handler's first parameter is found.</summary>
    private Func<TContext, T> ReaderOf<T>(Delegate handler)
    {
        if (findGiven?.Invoke(typeof(T)) is { } given) return context => (T)given(context);
        var type = engine.TypeInfo<T>();
        if (TakesNull(handler)) return context => Payloads.Read(context.Request.Payload, type)!;
        return context => Payloads.ReadRequired(context.Request.Payload, type);
    }

    private static bool TakesNull(Delegate handler)
    {
        // A trimmed application knows nothing of nullability; its payloads are all required.
        if (AppContext.TryGetSwitch("System.Reflection.NullabilityInfoContext.IsSupported", out var isSupported) && !isSupported) return false;
        // Counted from the end: a handler bound to a target may have one parameter more in front.
        return handler.Method.GetParameters() is [.., var first, _] && new NullabilityInfoContext().Create(first).WriteState == NullabilityState.Nullable;
    }
}
