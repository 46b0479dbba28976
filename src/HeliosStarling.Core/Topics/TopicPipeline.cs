using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Makes what a handler knows of a notification.</summary>
internal delegate TContext TopicContextFactory<TContext>(Session session, string topic, in Message message);

/// <summary>What runs around the handlers of all topics of one side.</summary>
/// <param name="contextOf">Makes what handlers know of a notification.</param>
/// <param name="sendsRefusals">Whether the sender hears of what a handler refuses; else that is a fault of the handler.</param>
internal sealed class TopicPipeline<TContext>(TopicContextFactory<TContext> contextOf, bool sendsRefusals)
{
    public TopicContextFactory<TContext> ContextOf => contextOf;

    /// <summary>The filters of all handlers, outermost first.</summary>
    public AppendList<Func<TContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>Whether a failure is the sender's to know, and no fault of the application.</summary>
    public bool IsRefusal(HeliosException failure) => sendsRefusals && !failure.IsOfRequest;
}
