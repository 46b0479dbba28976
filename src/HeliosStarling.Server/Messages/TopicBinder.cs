using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace HeliosStarling;

/// <summary>Binds a topic handler with arbitrary parameters. Reflection runs once, at registration.</summary>
[RequiresDynamicCode("Compiles the binding.")]
[RequiresUnreferencedCode("Looks at the handler's parameters.")]
internal sealed class TopicBinder(Node node, HandlerRegistry<RequestContext, TopicContext> registry, string pattern, Delegate handler)
{
    private static readonly ParameterExpression s_context = Expression.Parameter(typeof(TopicContext), "context");

    private bool _usesServices;

    /// <summary>Registers the handler.</summary>
    public TopicRegistration<TopicContext> Bind(TopicOptions<TopicContext>? options)
    {
        var parameters = handler.Method.GetParameters();
        var given = parameters.Select(parameter => HandlerFaults.NameIn(parameter, () => Given(parameter))).ToArray();
        ParameterInfo[] own = [.. parameters.Where((_, index) => given[index] is null)];
        if (own.Length > 1) return BindMembers(given, own, options);
        // Without a data parameter, the data is read as plain JSON and not passed on.
        var value = Expression.Parameter(own.Length == 0 ? typeof(JsonElement) : own[0].ParameterType, "value");
        return (TopicRegistration<TopicContext>)typeof(TopicBinder).GetMethod(
            nameof(BindData), BindingFlags.NonPublic | BindingFlags.Instance)!
            .MakeGenericMethod(value.Type)
            .Invoke(this, BindingFlags.DoNotWrapExceptions, null, [given, own.FirstOrDefault(), value, options], null)!;
    }

    private TopicRegistration<TopicContext> BindData<T>(
        Expression?[] given, ParameterInfo? parameter, ParameterExpression value, TopicOptions<TopicContext>? options)
    {
        var reader = HandlerFaults.NameIn(
            parameter, () => node.Engine.ReaderOf<T>(takesNull: parameter is null || Nullability.TakesNull(parameter)));
        return Register(
            (ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out T read, [NotNullWhen(
                false)] out IReadOnlyList<ValidationError>? errors) => reader.TryRead(data, services: null, out read, out errors),
            Compile<T>(given.Select(argument => argument ?? value), value),
            options);
    }

    private TopicRegistration<TopicContext> BindMembers(Expression?[] given, ParameterInfo[] own, TopicOptions<TopicContext>? options)
    {
        DelegateBinder.ThrowIfNotPlain(node.Engine, own, $"the topic '{pattern}'");
        var values = Expression.Parameter(typeof(object?[]), "values");
        var next = 0;
        var arguments = given.Select(argument =>
            argument ?? Expression.Convert(Expression.ArrayIndex(values, Expression.Constant(next)), own[next++].ParameterType)).ToArray();
        return Register(new MembersReader(node.Engine, own).TryRead, Compile<object?[]>(arguments, values), options);
    }

    private TopicRegistration<TopicContext> Register<T>(
        DataReader<T> read, Func<T, TopicContext, ValueTask> run, TopicOptions<TopicContext>? options) =>
        registry.AddTopic(pattern, read, run!, options, takesContext: true);

    private Expression? Given(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (type == typeof(TopicContext)) return s_context;
        if (type == typeof(CancellationToken)) return Expression.Property(s_context, nameof(TopicContext.CancellationToken));
        var starling = Expression.Property(s_context, nameof(TopicContext.Starling));
        if (type == typeof(Starling)) return starling;
        if (type == typeof(Helios)) return Expression.Property(starling, nameof(Starling.Helios));
        if (type == typeof(ClaimsPrincipal)) return Expression.Property(starling, nameof(Starling.User));
        var services = Expression.Property(s_context, nameof(TopicContext.Services));
        var find = type == typeof(IServiceProvider) ? static provider => provider : InjectedArguments.FindService(parameter, node.Services);
        if (find is null) return null;
        _usesServices = true;
        return Expression.Convert(Expression.Invoke(Expression.Constant(find), services), type);
    }

    private Func<T, TopicContext, ValueTask> Compile<T>(IEnumerable<Expression> arguments, ParameterExpression value)
    {
        var run = Compile<T>(Expression.Invoke(Expression.Constant(handler), arguments), value);
        return _usesServices ? InScope(run) : run;
    }

    private Func<T, TopicContext, ValueTask> Compile<T>(Expression call, ParameterExpression value)
    {
        if (call.Type == typeof(ValueTask)) return Lambda<Func<T, TopicContext, ValueTask>>(call, value);
        if (call.Type.IsGenericType && call.Type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            call = Expression.Call(call, nameof(ValueTask<int>.AsTask), null);
        if (call.Type.IsAssignableTo(typeof(Task)))
        {
            var begin = Lambda<Func<T, TopicContext, Task>>(call, value);
            return (data, context) => new ValueTask(begin(data, context));
        }
        var run = Lambda<Action<T, TopicContext>>(call, value);
        return (data, context) =>
        {
            run(data, context);
            return default;
        };
    }

    private static TDelegate Lambda<TDelegate>(Expression call, ParameterExpression value) =>
        Expression.Lambda<TDelegate>(call, value, s_context).Compile();

    /// <summary>Runs the handler with services of a scope of its own, which is disposed afterwards.</summary>
    private Func<T, TopicContext, ValueTask> InScope<T>(Func<T, TopicContext, ValueTask> run) => async (data, context) =>
    {
        var scope = node.Services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            context.Services = scope.ServiceProvider;
            await run(data, context).ConfigureAwait(false);
        }
    };
}
