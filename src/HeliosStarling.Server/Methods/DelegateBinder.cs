using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Binds a handler with arbitrary parameters and result. Reflection runs once, at registration.</summary>
[RequiresDynamicCode("Compiles the binding.")]
[RequiresUnreferencedCode("Looks at the handler's parameters.")]
internal sealed class DelegateBinder(Node node, HandlerBinder<RequestContext> binder, string name, Delegate handler)
{
    private static readonly ParameterExpression s_request = Expression.Parameter(typeof(InboundRequest), "request");

    // Evaluated only for handlers that take the context or one of its properties.
    private static readonly Expression s_context = Expression.Call(typeof(RequestContext), nameof(RequestContext.Of), null, s_request);

    private ParameterInfo? _payload;

    // For a handler without payload the value is the context.
    private ParameterExpression _value = Expression.Parameter(typeof(RequestContext), "value");

    public BoundHandler Bind()
    {
        var parameters = handler.Method.GetParameters();
        var given = parameters.Select(parameter => HandlerFaults.NameIn(parameter, () => Given(parameter))).ToArray();
        ParameterInfo[] own = [.. parameters.Where((_, index) => given[index] is null)];
        if (own.Length > 1) return BindMembers(given, own);
        _payload = own.FirstOrDefault();
        if (_payload is not null) _value = Expression.Parameter(_payload.ParameterType, "value");
        var call = Expression.Invoke(Expression.Constant(handler), given.Select(argument => argument ?? _value));
        if (_payload is null) return HandlerBinder<RequestContext>.Bind(
            new HandlerArgument<RequestContext>(GiveContext, PayloadType: null), Run<RequestContext>(call));
        return Generic<BoundHandler>(nameof(BindPayload), [_payload.ParameterType], call);
    }

    /// <summary>Refuses several payload parameters unless all are plain: only plain ones can be read as members of one object.</summary>
    /// <exception cref="ArgumentException">A parameter is not plain.</exception>
    public static void ThrowIfNotPlain(Engine engine, ParameterInfo[] own, string place)
    {
        if (own.LastOrDefault(parameter =>
            !HandlerFaults.NameIn(parameter, () => MembersReader.IsPlain(engine, parameter.ParameterType))) is not { } complex) return;
        throw new ArgumentException(
            $"Handler of {place} takes two payloads, '{own[0].Name}' and '{own[1].Name}'. Take one, and register '{TypeNames.Of(complex.ParameterType)}' as a service if it is meant to be one.");
    }

    /// <summary>Binds a handler with several plain parameters, which are members of the payload.</summary>
    private BoundHandler BindMembers(Expression?[] given, ParameterInfo[] own)
    {
        ThrowIfNotPlain(node.Engine, own, $"method '{name}'");
        _value = Expression.Parameter(typeof(object?[]), "values");
        var next = 0;
        var arguments = given.Select(argument =>
            argument ?? Expression.Convert(Expression.ArrayIndex(_value, Expression.Constant(next)), own[next++].ParameterType)).ToArray();
        var call = Expression.Invoke(Expression.Constant(handler), arguments);
        return HandlerBinder<RequestContext>.Bind(
            new HandlerArgument<object?[]>(new MembersReader(node.Engine, own).TryRead, PayloadType: null), Run<object?[]>(call));
    }

    private BoundHandler BindPayload<T>(Expression call) => handler.Method.GetParameters() is [_]
        && ItemOf(handler.Method.ReturnType, typeof(IAsyncEnumerable<>)) is null
        ? BindAlone<T>(call)
        : HandlerBinder<RequestContext>.Bind(HandlerFaults.NameIn(_payload, () => binder.PayloadOf(TakesNull, Absent<T>())), Run<T>(call));

    /// <summary>Binds a handler that takes its payload only.</summary>
    private BoundHandler BindAlone<T>(Expression call)
    {
        var result = handler.Method.ReturnType;
        if (result == typeof(void)) return BindAlone(NoResult.Of(Compile<Action<T>>(call, _value)), result: null);
        if (result == typeof(Task)) return BindAlone(NoResult.Of(Compile<Func<T, Task>>(call, _value)), result: null);
        if (result == typeof(ValueTask)) return BindAlone(NoResult.Of(Compile<Func<T, ValueTask>>(call, _value)), result: null);
        if (ItemOf(result, typeof(Task<>)) is { } task) return Generic<BoundHandler>(nameof(BindTaskOf), [typeof(T), task], call);
        if (ItemOf(result, typeof(ValueTask<>)) is { } valueTask)
            return Generic<BoundHandler>(nameof(BindValueTaskOf), [typeof(T), valueTask], call);
        return Generic<BoundHandler>(nameof(BindResult), [typeof(T), result], call);
    }

    private BoundHandler BindTaskOf<T, TResult>(Expression call)
    {
        var compiled = Compile<Func<T, Task<TResult>>>(call, _value);
        return BindAlone<T, TResult>(value => new(compiled(value)), HandlerFaults.TypeOfResult<TResult>(node.Engine));
    }

    private BoundHandler BindValueTaskOf<T, TResult>(Expression call) =>
        BindAlone(Compile<Func<T, ValueTask<TResult>>>(call, _value), HandlerFaults.TypeOfResult<TResult>(node.Engine));

    private BoundHandler BindResult<T, TResult>(Expression call)
    {
        var compiled = Compile<Func<T, TResult>>(call, _value);
        return BindAlone<T, TResult>(value => new(compiled(value)), HandlerFaults.TypeOfResult<TResult>(node.Engine));
    }

    private BoundHandler BindAlone<T, TResult>(Func<T, ValueTask<TResult>> run, JsonTypeInfo<TResult>? result) =>
        HandlerFaults.NameIn(_payload, () => binder.BindPayload(run, result, TakesNull, Absent<T>()));

    private bool TakesNull => Nullability.TakesNull(_payload!);

    /// <summary>Gets the default value of the parameter; null when it has none.</summary>
    private Func<T?>? Absent<T>()
    {
        if (!_payload!.HasDefaultValue) return null;
        var found = _payload.DefaultValue;
        // For a nullable enum, reflection returns the number.
        if (found is not null && Nullable.GetUnderlyingType(typeof(T)) is { IsEnum: true } type) found = Enum.ToObject(type, found);
        var value = (T?)(found ?? default(T));
        return () => value;
    }

    private static bool GiveContext(InboundRequest request, out RequestContext value)
    {
        value = RequestContext.Of(request);
        return true;
    }

    private Func<T, InboundRequest, ValueTask> Run<T>(Expression call)
    {
        var result = handler.Method.ReturnType;
        if (result == typeof(void)) return RunVoid(Compile<Action<T, InboundRequest>>(call));
        if (result == typeof(Task)) return RunTask(Compile<Func<T, InboundRequest, Task>>(call));
        if (result == typeof(ValueTask)) return Compile<Func<T, InboundRequest, ValueTask>>(call);
        if (ItemOf(result, typeof(IAsyncEnumerable<>)) is { } item) return Run<T>(nameof(RunStream), item, call);
        if (ItemOf(result, typeof(Task<>)) is { } task) return Run<T>(nameof(RunTaskOf), task, call);
        if (ItemOf(result, typeof(ValueTask<>)) is { } valueTask) return Run<T>(nameof(RunValueTaskOf), valueTask, call);
        return Run<T>(nameof(RunResult), result, call);
    }

    private Expression? Given(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(RequestContext)) return s_context;
        if (type == typeof(CancellationToken)) return Expression.Property(s_context, nameof(RequestContext.CancellationToken));
        if (type == typeof(Starling)) return Expression.Property(s_context, nameof(RequestContext.Starling));
        if (type == typeof(Helios)) return Expression.Property(s_context, nameof(RequestContext.Helios));
        if (type == typeof(ClaimsPrincipal)) return Expression.Property(s_context, nameof(RequestContext.User));
        if (type == typeof(IServiceProvider)) return Expression.Property(s_context, nameof(RequestContext.Services));
        if (InjectedArguments.FindService(parameter, node.Services) is not { } find) return null;
        return Expression.Convert(
            Expression.Invoke(Expression.Constant(find), Expression.Property(s_context, nameof(RequestContext.Services))), type);
    }

    private TDelegate Compile<TDelegate>(Expression call) => Compile<TDelegate>(call, _value, s_request);

    // A handler that already has the type needs no wrapper.
    private TDelegate Compile<TDelegate>(Expression call, params ParameterExpression[] parameters) =>
        handler is TDelegate it ? it : Expression.Lambda<TDelegate>(call, parameters).Compile();

    private Func<T, InboundRequest, ValueTask> Run<T>(string method, Type result, Expression call) =>
        Generic<Func<T, InboundRequest, ValueTask>>(method, [typeof(T), result], call);

    private TResult Generic<TResult>(string method, Type[] types, Expression call) =>
        (TResult)typeof(DelegateBinder).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(types).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [call], null)!;

    private static Type? ItemOf(Type type, Type shape)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == shape) return type.GenericTypeArguments[0];
        var declared = shape.IsInterface
            ? type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == shape)
            : null;
        return declared?.GenericTypeArguments[0];
    }

    private static Func<T, InboundRequest, ValueTask> RunVoid<T>(Action<T, InboundRequest> call) => (value, request) =>
    {
        call(value, request);
        return default;
    };

    private static Func<T, InboundRequest, ValueTask> RunTask<T>(Func<T, InboundRequest, Task> call) =>
        (value, request) => new ValueTask(call(value, request));

    private Func<T, InboundRequest, ValueTask> RunTaskOf<T, TResult>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, Task<TResult>>>(call), HandlerFaults.TypeOfResult<TResult>(node.Engine));
        return (value, request) => ResultWriter.AnswerAsync(request, new ValueTask<TResult>(compiled(value, request)), type);
    }

    private Func<T, InboundRequest, ValueTask> RunValueTaskOf<T, TResult>(Expression call)
    {
        var (compiled, type) = (
            Compile<Func<T, InboundRequest, ValueTask<TResult>>>(call), HandlerFaults.TypeOfResult<TResult>(node.Engine));
        return (value, request) => ResultWriter.AnswerAsync(request, compiled(value, request), type);
    }

    private Func<T, InboundRequest, ValueTask> RunStream<T, TItem>(Expression call)
    {
        var (compiled, type) = (
            Compile<Func<T, InboundRequest, IAsyncEnumerable<TItem>>>(call), HandlerFaults.TypeOfResult<TItem>(node.Engine));
        return (value, request) => ResultWriter.StreamAsync(request, compiled(value, request), type);
    }

    private Func<T, InboundRequest, ValueTask> RunResult<T, TResult>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, TResult>>(call), HandlerFaults.TypeOfResult<TResult>(node.Engine));
        return (value, request) => ResultWriter.Answer(request, compiled(value, request), type);
    }
}
