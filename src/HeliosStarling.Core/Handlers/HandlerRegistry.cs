using System.Diagnostics.CodeAnalysis;

namespace HeliosStarling;

/// <summary>Binds handlers and registers them with the dispatcher.</summary>
/// <param name="dispatcher">Contains the methods and topics.</param>
/// <param name="binder">Binds the handlers of methods.</param>
/// <param name="topics">The filters around the handlers of topics.</param>
internal sealed class HandlerRegistry<TContext, TTopicContext>(
    Dispatcher dispatcher, HandlerBinder<TContext> binder, TopicPipeline<TTopicContext> topics)
    where TContext : RequestContextBase
    where TTopicContext : class
{
    public Dispatcher Dispatcher => dispatcher;

    public HandlerBinder<TContext> Binder => binder;

    public TopicPipeline<TTopicContext> Topics => topics;

    /// <summary>Registers a method.</summary>
    public MethodRegistration<TContext> AddMethod<THandler>(
        string name, THandler handler, MethodOptions? options, Func<THandler, BoundHandler> bind)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        var bound = HandlerFaults.NameIn($"Method '{name}'", () => bind(handler));
        var entry =
            new MethodEntry(name, bound.Run, options ?? new MethodOptions()) { PayloadType = bound.PayloadType, Inline = bound.Inline };
        dispatcher.Methods.Add(entry);
        return new MethodRegistration<TContext>(dispatcher.Methods, entry);
    }

    /// <summary>Registers a topic handler that takes the data as one value.</summary>
    /// <param name="pattern">The topic pattern.</param>
    /// <param name="declared">The delegate of the application.</param>
    /// <param name="handler">Calls that delegate. The context is null when neither the handler nor a guard or filter needs it.</param>
    /// <param name="options">The options.</param>
    /// <param name="takesContext">Whether the handler takes its context.</param>
    public TopicRegistration<TTopicContext> AddTopic<T>(
        string pattern,
        Delegate declared,
        Func<T, TTopicContext?, ValueTask> handler,
        TopicOptions<TTopicContext>? options,
        bool takesContext)
    {
        // Counted from the end, because a delegate with a closed first argument has one more parameter at the start.
        var parameter = declared.Method.GetParameters()[takesContext ? ^2 : ^1];
        var reader = HandlerFaults.NameIn(
            $"Topic '{pattern}'", () => HandlerFaults.NameIn(parameter, () => dispatcher.Engine.ReaderOf<T>()));
        return AddTopic(
            pattern,
            (ReadOnlyMemory<byte> data, [MaybeNullWhen(
                false)] out T value, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors) =>
                reader.TryRead(data, services: null, out value, out errors),
            handler,
            options,
            takesContext);
    }

    /// <summary>Registers a topic handler without parameters. The data is not read.</summary>
    public TopicRegistration<TTopicContext> AddTopic(string pattern, Func<ValueTask> handler, TopicOptions<TTopicContext>? options) =>
        AddTopic(
            pattern,
            static (ReadOnlyMemory<byte> _, out bool value, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors) =>
            {
                errors = null;
                return value = true;
            },
            (_, _) => handler(),
            options,
            takesContext: false);

    /// <summary>Registers a topic handler.</summary>
    /// <param name="pattern">The topic pattern.</param>
    /// <param name="read">Reads the data.</param>
    /// <param name="handler">The handler of the application. The context is null when neither the handler nor a guard or filter needs
    /// it.</param>
    /// <param name="options">The options.</param>
    /// <param name="takesContext">Whether the handler takes its context.</param>
    public TopicRegistration<TTopicContext> AddTopic<T>(
        string pattern, DataReader<T> read, Func<T, TTopicContext?, ValueTask> handler, TopicOptions<TTopicContext>? options,
        bool takesContext) => new(
            dispatcher.Methods.Services,
            registration => dispatcher.Topics.Add(
                pattern,
                options?.Priority ?? 0,
                new TopicDelivery<T, TTopicContext>(topics, registration, read, handler)
                {
                    Filter = options?.Filter,
                    TakesContext = takesContext,
                }.Deliver));
}
