using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>Binds a handler of any parameters and any return shape; reflection runs once, at registration.</summary>
[RequiresDynamicCode("Compiles the binding.")]
[RequiresUnreferencedCode("Looks at the handler's parameters.")]
internal sealed class DelegateBinder(Helios helios, string name, Delegate handler)
{
    private static readonly ParameterExpression Context = Expression.Parameter(typeof(RequestContext), "context");

    private readonly NullabilityInfoContext _nullability = new();
    private ParameterInfo? _payload;

    /// <summary>Whether the handler sees the raw payload through its context.</summary>
    public bool KeepsPayload => handler.Method.GetParameters().Any(parameter => parameter.ParameterType == typeof(RequestContext));

    public RequestHandler Bind()
    {
        var arguments = handler.Method.GetParameters().Select(Argument).ToArray();
        var call = Expression.Invoke(Expression.Constant(handler), arguments);
        var result = handler.Method.ReturnType;
        if (result == typeof(void)) return BindVoid(Compile<Action<RequestContext>>(call));
        if (result == typeof(Task)) return BindTask(Compile<Func<RequestContext, Task>>(call));
        if (result == typeof(ValueTask)) return BindValueTask(Compile<Func<RequestContext, ValueTask>>(call));
        if (ItemOf(result, typeof(IAsyncEnumerable<>)) is { } item) return Generic(nameof(BindStream), item, call);
        if (ItemOf(result, typeof(Task<>)) is { } task) return Generic(nameof(BindTaskOf), task, call);
        if (ItemOf(result, typeof(ValueTask<>)) is { } valueTask) return Generic(nameof(BindValueTaskOf), valueTask, call);
        return Generic(nameof(BindResult), result, call);
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

    private MethodCallExpression Payload(ParameterInfo parameter)
    {
        if (_payload is not null)
        {
            throw new ArgumentException(
                $"Handler of method '{name}' takes two payloads, '{_payload.Name}' and '{parameter.Name}'. Take one, and register '{parameter.ParameterType.Name}' as a service if it is meant to be one.", nameof(parameter));
        }
        _payload = parameter;
        var isOptional = parameter.HasDefaultValue || _nullability.Create(parameter).WriteState == NullabilityState.Nullable;
        var type = Expression.Constant(helios.Engine.TypeInfo(parameter.ParameterType));
        return CallGeneric(isOptional ? nameof(ReadOptional) : nameof(ReadRequired), parameter.ParameterType, Context, type);
    }

    private static MethodCallExpression CallGeneric(string method, Type type, params Expression[] arguments) =>
        Expression.Call(typeof(DelegateBinder), method, [type], arguments);

    private static T Service<T>(RequestContext context)
        where T : notnull => context.Services.GetRequiredService<T>();

    private static T KeyedService<T>(RequestContext context, object? key)
        where T : notnull => context.Services.GetRequiredKeyedService<T>(key);

    private static T ReadRequired<T>(RequestContext context, JsonTypeInfo<T> type) => Payloads.ReadRequired(context.Request.Payload, type);

    private static T? ReadOptional<T>(RequestContext context, JsonTypeInfo<T> type) => Payloads.Read(context.Request.Payload, type);

    private static TDelegate Compile<TDelegate>(Expression call) => Expression.Lambda<TDelegate>(call, Context).Compile();

    private RequestHandler Generic(string method, Type type, Expression call) =>
        (RequestHandler)typeof(DelegateBinder).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [call], null)!;

    private static Type? ItemOf(Type type, Type shape)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == shape) return type.GenericTypeArguments[0];
        var declared = shape.IsInterface ? type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == shape) : null;
        return declared?.GenericTypeArguments[0];
    }

    private static RequestHandler BindVoid(Action<RequestContext> call) => request =>
    {
        call(RequestContext.Of(request));
        return default;
    };

    private static RequestHandler BindTask(Func<RequestContext, Task> call) => request => new ValueTask(call(RequestContext.Of(request)));

    private static RequestHandler BindValueTask(Func<RequestContext, ValueTask> call) => request => call(RequestContext.Of(request));

    private RequestHandler BindTaskOf<T>(Expression call)
    {
        var (compiled, type) = (Compile<Func<RequestContext, Task<T>>>(call), helios.Engine.TypeInfo<T>());
        return request => Answers.AnswerAsync(request, new ValueTask<T>(compiled(RequestContext.Of(request))), type);
    }

    private RequestHandler BindValueTaskOf<T>(Expression call)
    {
        var (compiled, type) = (Compile<Func<RequestContext, ValueTask<T>>>(call), helios.Engine.TypeInfo<T>());
        return request => Answers.AnswerAsync(request, compiled(RequestContext.Of(request)), type);
    }

    private RequestHandler BindStream<T>(Expression call)
    {
        var (compiled, type) = (Compile<Func<RequestContext, IAsyncEnumerable<T>>>(call), helios.Engine.TypeInfo<T>());
        return request => Answers.StreamAsync(request, compiled(RequestContext.Of(request)), type);
    }

    private RequestHandler BindResult<T>(Expression call)
    {
        var (compiled, type) = (Compile<Func<RequestContext, T>>(call), helios.Engine.TypeInfo<T>());
        return request => Answers.Answer(request, compiled(RequestContext.Of(request)), type);
    }
}
