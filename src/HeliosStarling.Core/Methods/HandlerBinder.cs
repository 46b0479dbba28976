using System.Diagnostics.CodeAnalysis;
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
    public BoundHandler Bind(Func<TContext, ValueTask> handler) => new(request => handler(contextOf(request)), PayloadType: null);

    public BoundHandler Bind<TResult>(Func<TContext, ValueTask<TResult>> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return new(request => Answers.AnswerAsync(request, handler(contextOf(request)), result), PayloadType: null);
    }

    public BoundHandler Bind<T>(Func<T, TContext, ValueTask> handler) =>
        Bind(ArgumentOf<T>(handler), (payload, request) => handler(payload, contextOf(request)));

    public BoundHandler Bind<T, TResult>(Func<T, TContext, ValueTask<TResult>> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return Bind(ArgumentOf<T>(handler), (payload, request) => Answers.AnswerAsync(request, handler(payload, contextOf(request)), result));
    }

    public BoundHandler Bind<T>(Func<T, TContext, Task> handler) =>
        Bind(ArgumentOf<T>(handler), (payload, request) => new ValueTask(handler(payload, contextOf(request))));

    public BoundHandler Bind<T, TResult>(Func<T, TContext, Task<TResult>> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return Bind(ArgumentOf<T>(handler), (payload, request) => Answers.AnswerAsync(request, new ValueTask<TResult>(handler(payload, contextOf(request))), result));
    }

    public BoundHandler Bind<T, TItem>(Func<T, TContext, IAsyncEnumerable<TItem>> handler)
    {
        var item = engine.TypeInfo<TItem>();
        return Bind(ArgumentOf<T>(handler), (payload, request) => Answers.StreamAsync(request, handler(payload, contextOf(request)), item));
    }

    public BoundHandler Bind<T, TResult>(Func<T, TContext, TResult> handler)
    {
        var result = engine.TypeInfo<TResult>();
        return Bind(ArgumentOf<T>(handler), (payload, request) => Answers.Answer(request, handler(payload, contextOf(request)), result));
    }

    public BoundHandler Bind<T>(Action<T, TContext> handler) => Bind(ArgumentOf<T>(handler), (payload, request) =>
    {
        handler(payload, contextOf(request));
        return default;
    });

    /// <summary>Runs what takes its argument as it is found; it answers itself, and makes a context if it needs one.</summary>
    public static BoundHandler Bind<T>(HandlerArgument<T> argument, Func<T, InboundRequest, ValueTask> run)
    {
        var tryRead = argument.TryRead;
        return new(request => tryRead(request, out var value) ? run(value, request) : default, argument.PayloadType);
    }

    /// <summary>An argument that is the payload.</summary>
    public HandlerArgument<T> PayloadOf<T>(bool takesNull, Func<T?>? absent = null) =>
        new(engine.ReaderOf(takesNull, contextOf, absent).TryRead, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));

    /// <summary>How a handler's first parameter is found.</summary>
    private HandlerArgument<T> ArgumentOf<T>(Delegate handler)
    {
        if (findGiven?.Invoke(typeof(T)) is not { } given) return PayloadOf<T>(TakesNull(handler));
        return new((InboundRequest request, [MaybeNullWhen(false)] out T value) =>
        {
            value = (T)given(contextOf(request));
            return true;
        }, PayloadType: null);
    }

    private static bool TakesNull(Delegate handler)
    {
        // A trimmed application knows nothing of nullability; its payloads are all required.
        if (AppContext.TryGetSwitch("System.Reflection.NullabilityInfoContext.IsSupported", out var isSupported) && !isSupported) return false;
        // Counted from the end: a handler bound to a target may have one parameter more in front.
        return handler.Method.GetParameters() is [.., var first, _] && new NullabilityInfoContext().Create(first).WriteState == NullabilityState.Nullable;
    }
}
