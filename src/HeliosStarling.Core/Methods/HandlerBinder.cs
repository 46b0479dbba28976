using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Turns typed handlers of every shape into <see cref="RequestHandler"/>s. Types are looked up here, so that a missing one stops the start.
/// </summary>
/// <param name="engine">Knows the types.</param>
/// <param name="contextOf">Makes what this side's handlers are given.</param>
/// <param name="findGiven">Finds parameters that are given instead of a payload; null for the others. Default: there are none.</param>
internal sealed class HandlerBinder<TContext>(
    Engine engine, Func<InboundRequest, TContext> contextOf, Func<ParameterInfo, Func<TContext, object?>?>? findGiven = null)
    where TContext : RequestContextBase
{
    public BoundHandler Bind(Func<TContext, ValueTask> handler) => new(request => handler(contextOf(request)), PayloadType: null);

    public BoundHandler Bind<TResult>(Func<TContext, ValueTask<TResult>> handler)
    {
        var result = HandlerFaults.TypeOfResult<TResult>(engine);
        return new(request => ResultWriter.AnswerAsync(request, handler(contextOf(request)), result), PayloadType: null);
    }

    public BoundHandler Bind<T>(Func<T, TContext, ValueTask> handler) =>
        Bind(ArgumentOf<T>(handler), (payload, request) => handler(payload, contextOf(request)));

    public BoundHandler Bind<T, TResult>(Func<T, TContext, ValueTask<TResult>> handler)
    {
        var result = HandlerFaults.TypeOfResult<TResult>(engine);
        return Bind(
            ArgumentOf<T>(handler), (payload, request) => ResultWriter.AnswerAsync(request, handler(payload, contextOf(request)), result));
    }

    public BoundHandler Bind<T>(Func<T, TContext, Task> handler) =>
        Bind(ArgumentOf<T>(handler), (payload, request) => new ValueTask(handler(payload, contextOf(request))));

    public BoundHandler Bind<T, TResult>(Func<T, TContext, Task<TResult>> handler)
    {
        var result = HandlerFaults.TypeOfResult<TResult>(engine);
        return Bind(
            ArgumentOf<T>(handler),
            (payload, request) => ResultWriter.AnswerAsync(request, new ValueTask<TResult>(handler(payload, contextOf(request))), result));
    }

    public BoundHandler Bind<T, TItem>(Func<T, TContext, IAsyncEnumerable<TItem>> handler)
    {
        var item = HandlerFaults.TypeOfResult<TItem>(engine);
        return Bind(
            ArgumentOf<T>(handler), (payload, request) => ResultWriter.StreamAsync(request, handler(payload, contextOf(request)), item));
    }

    public BoundHandler Bind<T, TResult>(Func<T, TContext, TResult> handler)
    {
        var result = HandlerFaults.TypeOfResult<TResult>(engine);
        return Bind(
            ArgumentOf<T>(handler), (payload, request) => ResultWriter.Answer(request, handler(payload, contextOf(request)), result));
    }

    public BoundHandler Bind<T>(Action<T, TContext> handler) => Bind(ArgumentOf<T>(handler), (payload, request) =>
    {
        handler(payload, contextOf(request));
        return default;
    });

    public BoundHandler Bind(Func<ValueTask> handler) => Bind((TContext _) => handler());

    public BoundHandler Bind(Func<Task> handler) => Bind((TContext _) => new ValueTask(handler()));

    public BoundHandler Bind(Action handler) => Bind((TContext _) =>
    {
        handler();
        return ValueTask.CompletedTask;
    });

    public BoundHandler Bind<TResult>(Func<ValueTask<TResult>> handler) => Bind<TResult>((TContext _) => handler());

    public BoundHandler Bind<TResult>(Func<Task<TResult>> handler) => Bind<TResult>((TContext _) => new ValueTask<TResult>(handler()));

    public BoundHandler Bind<TResult>(Func<TResult> handler) => Bind<TResult>((TContext _) => new ValueTask<TResult>(handler()));

    public BoundHandler Bind<TItem>(Func<IAsyncEnumerable<TItem>> handler)
    {
        var item = engine.TypeInfo<TItem>();
        return new(request => ResultWriter.StreamAsync(request, handler(), item), PayloadType: null);
    }

    public BoundHandler BindAlone<T>(Func<T, ValueTask> handler) => BindAlone(handler, NoResult.Of(handler));

    public BoundHandler BindAlone<T>(Func<T, Task> handler) => BindAlone(handler, NoResult.Of(handler));

    public BoundHandler BindAlone<T>(Action<T> handler) => BindAlone(handler, NoResult.Of(handler));

    public BoundHandler BindAlone<T, TResult>(Func<T, ValueTask<TResult>> handler) =>
        BindAlone(handler, handler, HandlerFaults.TypeOfResult<TResult>(engine));

    public BoundHandler BindAlone<T, TResult>(Func<T, Task<TResult>> handler) =>
        BindAlone<T, TResult>(handler, value => new(handler(value)), HandlerFaults.TypeOfResult<TResult>(engine));

    public BoundHandler BindAlone<T, TResult>(Func<T, TResult> handler) =>
        BindAlone<T, TResult>(handler, value => new(handler(value)), HandlerFaults.TypeOfResult<TResult>(engine));

    public BoundHandler BindAlone<T, TItem>(Func<T, IAsyncEnumerable<TItem>> handler)
    {
        var item = HandlerFaults.TypeOfResult<TItem>(engine);
        return Bind(ArgumentOf<T>(handler, parameters: 1), (payload, request) => ResultWriter.StreamAsync(request, handler(payload), item));
    }

    /// <summary>Runs what takes its argument as it is found; it answers itself, and makes a context if it needs one.</summary>
    public static BoundHandler Bind<T>(HandlerArgument<T> argument, Func<T, InboundRequest, ValueTask> run)
    {
        var tryRead = argument.TryRead;
        return new(request => tryRead(request, out var value) ? run(value, request) : default, argument.PayloadType);
    }

    /// <summary>Runs what takes its payload alone, without a request where that is possible.</summary>
    /// <param name="handler">The application's code.</param>
    /// <param name="result">How its result is written; null when the answer has no data.</param>
    /// <param name="takesNull">Whether the handler takes null for what is missing.</param>
    /// <param name="absent">What stands for a payload that is not there. Default: it is read as null.</param>
    public BoundHandler BindPayload<T, TResult>(
        Func<T, ValueTask<TResult>> handler, JsonTypeInfo<TResult>? result, bool takesNull, Func<T?>? absent = null)
    {
        var reader = engine.ReaderOf(takesNull, absent: absent);
        // Rules may ask for the services of a request.
        var inline = reader.HasRules ? null : new InlineHandler<T, TResult>(handler, reader, result);
        return BindArgument(PayloadOf(takesNull, absent), handler, result) with { Inline = inline };
    }

    /// <summary>An argument that is the payload.</summary>
    public HandlerArgument<T> PayloadOf<T>(bool takesNull, Func<T?>? absent = null) =>
        new(engine.ReaderOf(takesNull, contextOf, absent).TryRead, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));

    private BoundHandler BindAlone<T, TResult>(Delegate handler, Func<T, ValueTask<TResult>> run, JsonTypeInfo<TResult>? result = null)
    {
        var parameter = FirstOf(handler, parameters: 1);
        return HandlerFaults.NameIn(parameter, () => Given<T>(parameter) is { } given
            ? BindArgument(given, run, result)
            : BindPayload(run, result, Nullability.TakesNull(parameter)));
    }

    private static BoundHandler BindArgument<T, TResult>(
        HandlerArgument<T> argument, Func<T, ValueTask<TResult>> run, JsonTypeInfo<TResult>? result) => result is null
        ? Bind(argument, (value, _) => NoResult.Wait(run(value)))
        : Bind(argument, (value, request) => ResultWriter.AnswerAsync(request, run(value), result));

    /// <summary>How a handler's first parameter is found.</summary>
    private HandlerArgument<T> ArgumentOf<T>(Delegate handler, int parameters = 2)
    {
        var parameter = FirstOf(handler, parameters);
        return HandlerFaults.NameIn(parameter, () => Given<T>(parameter) ?? PayloadOf<T>(Nullability.TakesNull(parameter)));
    }

    // Counted from the end: a handler bound to a target may have one parameter more in front.
    private static ParameterInfo FirstOf(Delegate handler, int parameters) => handler.Method.GetParameters()[^parameters];

    private HandlerArgument<T>? Given<T>(ParameterInfo parameter)
    {
        if (typeof(T) == typeof(TContext)) return GivenFrom(static context => (T)(object)context);
        return findGiven?.Invoke(parameter) is { } given ? GivenFrom(context => (T)given(context)!) : null;

        HandlerArgument<T> GivenFrom(Func<TContext, T> find) => new(
            (InboundRequest request, [MaybeNullWhen(false)] out T value) =>
            {
                value = find(contextOf(request));
                return true;
            },
            PayloadType: null);
    }
}
