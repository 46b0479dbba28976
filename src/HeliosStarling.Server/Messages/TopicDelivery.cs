using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Reads a notification's data as its handler takes it.</summary>
internal delegate bool DataReader<T>(ReadOnlyMemory<byte> data, [MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors);

/// <summary>Brings notifications to one handler: guards, reading and validation, filters, the handler.</summary>
internal sealed class TopicDelivery<T>(TopicRegistration registration, DataReader<T> read, Func<T, TopicContext, ValueTask> handler, TopicOptions? options)
{
    public ValueTask Deliver(Session session, string topic, in Message message)
    {
        var context = new TopicContext(((StarlingSession)session).Starling, topic, message.Metadata);
        try
        {
            var running = Begin(in message, context);
            return running.IsCompletedSuccessfully ? default : FinishAsync(running, context);
        }
        catch (HeliosException refusal) when (!refusal.IsOfRequest)
        {
            Refuse(context, refusal);
            return default;
        }
    }

    private ValueTask Begin(in Message message, TopicContext context)
    {
        if (options?.Filter is { } filter && !filter(context)) return default;
        var guards = registration.Guards.All;
        return guards.Length == 0 ? Handle(message.Data, context) : GuardAsync(guards, message.Data.ToArray(), context);
    }

    private static async ValueTask FinishAsync(ValueTask running, TopicContext context)
    {
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (HeliosException refusal) when (!refusal.IsOfRequest)
        {
            Refuse(context, refusal);
        }
    }

    /// <summary>What a handler refuses is the sender's to know, and no fault of the application.</summary>
    private static void Refuse(TopicContext context, HeliosException refusal)
    {
        var session = context.Starling.Session;
        session.Engine.Logger.ListenerRefused(context.Topic, refusal.Code);
        session.SendError(refusal);
    }

    private async ValueTask GuardAsync(Guard<TopicContext>[] guards, ReadOnlyMemory<byte> data, TopicContext context)
    {
        var refusal = await Guards.AskAsync(guards, context).ConfigureAwait(false);
        if (refusal is null) await Handle(data, context).ConfigureAwait(false);
        else context.Starling.Session.SendError(refusal);
    }

    private ValueTask Handle(ReadOnlyMemory<byte> data, TopicContext context)
    {
        if (!read(data, out var value, out var errors))
        {
            context.Starling.Session.RefuseData(context.Topic, errors);
            return default;
        }
        var (shared, own) = (registration.Helios.NotificationFilters.All, registration.Filters.All);
        return shared.Length + own.Length == 0 ? handler(value, context) : FilterAsync([.. shared, .. own], value, context);
    }

    private async ValueTask FilterAsync(Func<TopicContext, Func<ValueTask>, ValueTask>[] filters, T value, TopicContext context) =>
        await FilterChain.RunAsync(filters, context, () => handler(value, context)).ConfigureAwait(false);
}
