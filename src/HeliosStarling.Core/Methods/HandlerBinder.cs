using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Converts typed handlers of all shapes to <see cref="RequestHandler"/> delegates. It looks up the JSON metadata of all types, so that a
/// missing type fails at registration.
/// </summary>
/// <param name="engine">Provides the types.</param>
/// <param name="contextOf">Creates the context of a request.</param>
/// <param name="findInjected">Returns a function that provides an injected parameter; null for other parameters. Default: no parameters are
/// injected.</param>
internal sealed class HandlerBinder<TContext>(
    Engine engine, Func<InboundRequest, TContext> contextOf, Func<ParameterInfo, Func<TContext, object?>?>? findInjected = null)
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

    /// <summary>Binds a function to its argument. The function answers the request itself.</summary>
    public static BoundHandler Bind<T>(HandlerArgument<T> argument, Func<T, InboundRequest, ValueTask> run)
    {
        var tryRead = argument.TryRead;
        return new(request => tryRead(request, out var value) ? run(value, request) : default, argument.PayloadType);
    }

    /// <summary>Binds a handler whose only parameter is the payload. It runs without a request object when possible.</summary>
    /// <param name="handler">The handler of the application.</param>
    /// <param name="result">The JSON metadata of the result; null when the answer has no data.</param>
    /// <param name="takesNull">Whether the handler accepts null for a missing payload.</param>
    /// <param name="absent">Creates the value for a missing payload. Default: it is read as null.</param>
    public BoundHandler BindPayload<T, TResult>(
        Func<T, ValueTask<TResult>> handler, JsonTypeInfo<TResult>? result, bool takesNull, Func<T?>? absent = null)
    {
        var reader = engine.ReaderOf(takesNull, absent: absent);
        // Validation rules may need the services of a request.
        var inline = reader.HasRules ? null : new InlineHandler<T, TResult>(handler, reader, result);
        return BindArgument(PayloadOf(takesNull, absent), handler, result) with { Inline = inline };
    }

    /// <summary>Creates an argument that is the payload.</summary>
    public HandlerArgument<T> PayloadOf<T>(bool takesNull, Func<T?>? absent = null) =>
        new(engine.ReaderOf(takesNull, contextOf, absent).TryRead, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));

    private BoundHandler BindAlone<T, TResult>(Delegate handler, Func<T, ValueTask<TResult>> run, JsonTypeInfo<TResult>? result = null)
    {
        var parameter = FirstOf(handler, parameters: 1);
        return HandlerFaults.NameIn(parameter, () => Injected<T>(parameter) is { } injected
            ? BindArgument(injected, run, result)
            : BindPayload(run, result, Nullability.TakesNull(parameter)));
    }

    private static BoundHandler BindArgument<T, TResult>(
        HandlerArgument<T> argument, Func<T, ValueTask<TResult>> run, JsonTypeInfo<TResult>? result) => result is null
        ? Bind(argument, (value, _) => NoResult.Wait(run(value)))
        : Bind(argument, (value, request) => ResultWriter.AnswerAsync(request, run(value), result));

    /// <summary>Creates the argument for the first parameter of a handler.</summary>
    private HandlerArgument<T> ArgumentOf<T>(Delegate handler, int parameters = 2)
    {
        var parameter = FirstOf(handler, parameters);
        return HandlerFaults.NameIn(parameter, () => Injected<T>(parameter) ?? PayloadOf<T>(Nullability.TakesNull(parameter)));
    }

    // Counted from the end, because a delegate with a closed first argument has one more parameter at the start.
    private static ParameterInfo FirstOf(Delegate handler, int parameters) => handler.Method.GetParameters()[^parameters];

    private HandlerArgument<T>? Injected<T>(ParameterInfo parameter)
    {
        if (typeof(T) == typeof(TContext)) return InjectedFrom(static context => (T)(object)context);
        return findInjected?.Invoke(parameter) is { } injected ? InjectedFrom(context => (T)injected(context)!) : null;

        HandlerArgument<T> InjectedFrom(Func<TContext, T> find) => new(
            (InboundRequest request, [MaybeNullWhen(false)] out T value) =>
            {
                value = find(contextOf(request));
                return true;
            },
            PayloadType: null);
    }
}
