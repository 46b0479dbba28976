using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Creates the context of a notification.</summary>
internal delegate TContext TopicContextFactory<TContext>(Session session, string topic, in Message message);

/// <summary>The filters around all topic handlers of one side.</summary>
/// <param name="contextOf">Creates the context of a notification.</param>
/// <param name="sendsRefusals">Whether the sender gets the error when a handler throws a <see cref="HeliosException"/>. Otherwise, it is
/// logged as a failure of the handler.</param>
internal sealed class TopicPipeline<TContext>(TopicContextFactory<TContext> contextOf, bool sendsRefusals)
{
    public TopicContextFactory<TContext> ContextOf => contextOf;

    /// <summary>The filters around all handlers, outermost first.</summary>
    public AppendList<Func<TContext, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>Determines whether an error must be sent to the sender of the notification, and is not a failure of the handler.</summary>
    public bool IsRefusal(HeliosException failure) => sendsRefusals && !failure.IsOfRequest;
}
