using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Reads the data of a notification as the type that its handler expects.</summary>
internal delegate bool DataReader<T>(
    ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors);

/// <summary>
/// Delivers notifications to one handler: runs the guards, reads and validates the data, and runs the filters and the handler.
/// </summary>
internal sealed class TopicDelivery<T, TContext>(
    TopicPipeline<TContext> pipeline, TopicRegistration<TContext> registration, DataReader<T> read, Func<T, TContext?, ValueTask> handler)
    where TContext : class
{
    /// <summary>Selects the notifications that the handler gets. Null: all.</summary>
    public Func<TContext, bool>? Filter { get; init; }

    /// <summary>Indicates whether the handler takes a context. If it does not, a context is created only for guards and filters.</summary>
    public bool TakesContext { get; init; }

    public ValueTask Deliver(Session session, string topic, in Message message)
    {
        try
        {
            var running = Begin(session, topic, in message);
            return running.IsCompletedSuccessfully ? default : FinishAsync(running, session, topic);
        }
        catch (HeliosException refusal) when (pipeline.IsRefusal(refusal))
        {
            Refuse(session, topic, refusal);
            return default;
        }
    }

    private ValueTask Begin(Session session, string topic, in Message message)
    {
        var (guards, shared, own) = (registration.Guards.All, pipeline.Filters.All, registration.Filters.All);
        if (!TakesContext && Filter is null && guards.Length + shared.Length + own.Length == 0)
            return TryRead(session, topic, message.Data, out var value) ? handler(value, null) : default;
        var context = pipeline.ContextOf(session, topic, in message);
        if (Filter is { } filter && !filter(context)) return default;
        Func<TContext, Func<ValueTask>, ValueTask>[] filters = shared.Length + own.Length == 0 ? [] : [.. shared, .. own];
        return guards.Length == 0
            ? Handle(session, topic, message.Data, context, filters)
            : GuardAsync(guards, session, topic, message.Data.ToArray(), context, filters);
    }

    private async ValueTask FinishAsync(ValueTask running, Session session, string topic)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (HeliosException refusal) when (pipeline.IsRefusal(refusal))
        {
            Refuse(session, topic, refusal);
        }
    }

    private static void Refuse(Session session, string topic, HeliosException refusal)
    {
        session.Engine.HandlerLog.Refused(topic, refusal.Code);
        session.SendError(refusal);
    }

    private async ValueTask GuardAsync(
        Guard<TContext>[] guards, Session session, string topic, ReadOnlyMemory<byte> data, TContext context,
        Func<TContext, Func<ValueTask>, ValueTask>[] filters)
    {
        var refusal = await Guards.AskAsync(guards, context).ConfigureAwait(false);
        if (refusal is null) await Handle(session, topic, data, context, filters).ConfigureAwait(false);
        else session.SendError(refusal);
    }

    private ValueTask Handle(
        Session session, string topic, ReadOnlyMemory<byte> data, TContext context, Func<TContext, Func<ValueTask>, ValueTask>[] filters)
    {
        if (!TryRead(session, topic, data, out var value)) return default;
        return filters.Length == 0 ? handler(value, context) : FilterAsync(filters, value, context);
    }

    private bool TryRead(Session session, string topic, ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out T value)
    {
        if (read(data, out value, out var errors)) return true;
        session.RefuseData(topic, errors);
        return false;
    }

    private async ValueTask FilterAsync(Func<TContext, Func<ValueTask>, ValueTask>[] filters, T value, TContext context) =>
        await FilterChain.RunAsync(filters, context, () => handler(value, context)).ConfigureAwait(false);
}
