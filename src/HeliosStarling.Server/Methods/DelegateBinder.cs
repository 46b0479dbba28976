using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>Binds a handler of any parameters and any return shape; reflection runs once, at registration.</summary>
[RequiresDynamicCode("Compiles the binding.")]
[RequiresUnreferencedCode("Looks at the handler's parameters.")]
internal sealed class DelegateBinder(Helios helios, HandlerBinder<RequestContext> binder, string name, Delegate handler)
{
    private static readonly ParameterExpression Request = Expression.Parameter(typeof(InboundRequest), "request");

    // Made for handlers that take it, or something of it.
    private static readonly Expression Context = Expression.Call(typeof(RequestContext), nameof(RequestContext.Of), null, Request);

    private readonly NullabilityInfoContext _nullability = new();
    private ParameterInfo? _payload;

    // A handler without payload is given its context in that place.
    private ParameterExpression _value = Expression.Parameter(typeof(RequestContext), "value");

    /// <summary>Whether the handler sees the raw payload through its context.</summary>
    public bool KeepsPayload => handler.Method.GetParameters().Any(parameter => parameter.ParameterType == typeof(RequestContext));

    public BoundHandler Bind()
    {
        var arguments = handler.Method.GetParameters().Select(Argument).ToArray();
        var call = Expression.Invoke(Expression.Constant(handler), arguments);
        if (_payload is null) return HandlerBinder<RequestContext>.Bind(new HandlerArgument<RequestContext>(GiveContext, PayloadType: null), Run<RequestContext>(call));
        return Generic<BoundHandler>(nameof(BindPayload), [_payload.ParameterType], call);
    }

    private BoundHandler BindPayload<T>(Expression call)
    {
        var bound = HandlerBinder<RequestContext>.Bind(binder.PayloadOf(TakesNull, Absent<T>()), Run<T>(call));
        return IsFunction ? bound with { Function = Generic<RequestFunction?>(nameof(FunctionOf), [typeof(T), handler.Method.ReturnType], call) } : bound;
    }

    private RequestFunction<T, TResult>? FunctionOf<T, TResult>(Expression call)
    {
        var reader = helios.Engine.ReaderOf(TakesNull, absent: Absent<T>());
        // Rules may ask for the services of a request.
        if (reader.HasRules) return null;
        return new(handler as Func<T, TResult> ?? Expression.Lambda<Func<T, TResult>>(call, _value).Compile(), reader, helios.Engine.TypeInfo<TResult>());
    }

    private bool TakesNull => _payload is { HasDefaultValue: true, DefaultValue: null } || _nullability.Create(_payload!).WriteState == NullabilityState.Nullable;

    /// <summary>The parameter's default value; null when it has none.</summary>
    private Func<T?>? Absent<T>()
    {
        if (!_payload!.HasDefaultValue) return null;
        var found = _payload.DefaultValue;
        // Reflection gives the number of an enum that may be null.
        if (found is not null && Nullable.GetUnderlyingType(typeof(T)) is { IsEnum: true } type) found = Enum.ToObject(type, found);
        var value = (T?)(found ?? default(T));
        return () => value;
    }

    /// <summary>Whether the handler takes its payload alone, and what it returns is the answer.</summary>
    private bool IsFunction => handler.Method.GetParameters() is [_] && handler.Method.ReturnType is var result
        && result != typeof(void) && result != typeof(Task) && result != typeof(ValueTask)
        && ItemOf(result, typeof(Task<>)) is null && ItemOf(result, typeof(ValueTask<>)) is null && ItemOf(result, typeof(IAsyncEnumerable<>)) is null;

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

    private Expression Argument(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(RequestContext)) return Context;
        if (type == typeof(CancellationToken)) return Expression.Property(Context, nameof(RequestContext.CancellationToken));
        if (type == typeof(Starling)) return Expression.Property(Context, nameof(RequestContext.Starling));
        if (type == typeof(Helios)) return Expression.Property(Context, nameof(RequestContext.Helios));
        if (type == typeof(ClaimsPrincipal)) return Expression.Property(Context, nameof(RequestContext.User));
        if (type == typeof(IServiceProvider)) return Expression.Property(Context, nameof(RequestContext.Services));
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
            return CallGeneric(nameof(KeyedService), type, Context, Expression.Constant(keyed.Key, typeof(object)));
        if (IsService(parameter)) return CallGeneric(nameof(Service), type, Context);
        return Payload(parameter);
    }

    private bool IsService(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().Any(attribute => attribute is IFromServiceMetadata) || GivenArguments.IsService(parameter.ParameterType, helios.Services);

    private ParameterExpression Payload(ParameterInfo parameter)
    {
        if (_payload is not null)
        {
            throw new ArgumentException(
                $"Handler of method '{name}' takes two payloads, '{_payload.Name}' and '{parameter.Name}'. Take one, and register '{parameter.ParameterType.Name}' as a service if it is meant to be one.", nameof(parameter));
        }
        _payload = parameter;
        return _value = Expression.Parameter(parameter.ParameterType, "value");
    }

    private static MethodCallExpression CallGeneric(string method, Type type, params Expression[] arguments) =>
        Expression.Call(typeof(DelegateBinder), method, [type], arguments);

    private static T Service<T>(RequestContext context)
        where T : notnull => context.Services.GetRequiredService<T>();

    private static T KeyedService<T>(RequestContext context, object? key)
        where T : notnull => context.Services.GetRequiredKeyedService<T>(key);

    private TDelegate Compile<TDelegate>(Expression call) => Expression.Lambda<TDelegate>(call, _value, Request).Compile();

    private Func<T, InboundRequest, ValueTask> Run<T>(string method, Type result, Expression call) =>
        Generic<Func<T, InboundRequest, ValueTask>>(method, [typeof(T), result], call);

    private TResult Generic<TResult>(string method, Type[] types, Expression call) =>
        (TResult)typeof(DelegateBinder).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(types).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [call], null)!;

    private static Type? ItemOf(Type type, Type shape)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == shape) return type.GenericTypeArguments[0];
        var declared = shape.IsInterface ? type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == shape) : null;
        return declared?.GenericTypeArguments[0];
    }

    private static Func<T, InboundRequest, ValueTask> RunVoid<T>(Action<T, InboundRequest> call) => (value, request) =>
    {
        call(value, request);
        return default;
    };

    private static Func<T, InboundRequest, ValueTask> RunTask<T>(Func<T, InboundRequest, Task> call) => (value, request) => new ValueTask(call(value, request));

    private Func<T, InboundRequest, ValueTask> RunTaskOf<T, TResult>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, Task<TResult>>>(call), helios.Engine.TypeInfo<TResult>());
        return (value, request) => Answers.AnswerAsync(request, new ValueTask<TResult>(compiled(value, request)), type);
    }

    private Func<T, InboundRequest, ValueTask> RunValueTaskOf<T, TResult>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, ValueTask<TResult>>>(call), helios.Engine.TypeInfo<TResult>());
        return (value, request) => Answers.AnswerAsync(request, compiled(value, request), type);
    }

    private Func<T, InboundRequest, ValueTask> RunStream<T, TItem>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, IAsyncEnumerable<TItem>>>(call), helios.Engine.TypeInfo<TItem>());
        return (value, request) => Answers.StreamAsync(request, compiled(value, request), type);
    }

    private Func<T, InboundRequest, ValueTask> RunResult<T, TResult>(Expression call)
    {
        var (compiled, type) = (Compile<Func<T, InboundRequest, TResult>>(call), helios.Engine.TypeInfo<TResult>());
        return (value, request) => Answers.Answer(request, compiled(value, request), type);
    }
}
