using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>What becomes of a request of the peer, and what a side may do about its own.</content>
internal abstract partial class Session
{
    /// <summary>Queues a request of this side, taking over one reference.</summary>
    public virtual EnqueueResult SendRequest(Frame request) => Send(request);

    /// <summary>The peer has answered a request of this side, or never gets it.</summary>
    public virtual void OnRequestEnded(Guid id)
    {
    }

    /// <summary>The conversation is over for good.</summary>
    protected virtual void OnClosed()
    {
    }

    private void StartRequest(in Message message)
    {
        // Only the reader begins requests, so what is not in flight now cannot be when this one stays open.
        if (Inbound.TryGet(message.Id, out _))
        {
            ReplyDuplicate(message.IdText.Span);
            return;
        }
        if (!engine.Methods.TryGet(message.Name.Span, out var method))
        {
            var name = Encoding.ASCII.GetString(message.Name.Span);
            ObserveRefusal(in message, EngineMetrics.Other, ErrorCodes.MethodNotFound);
            Reply(engine.Encoder.Failure(message.IdText.Span, ErrorCodes.MethodNotFound, $"Method '{name}' not found", new Details(("method", name))));
            return;
        }
        if (!HasRoomFor(in message))
        {
            ObserveRefusal(in message, method.Name, ErrorCodes.RequestQueueFull);
            Reply(engine.Encoder.Failure(message.IdText.Span, ErrorCodes.RequestQueueFull, QueueFull.Requests(engine.Lanes.Limits), default(RawJson)));
            return;
        }
        if (!TryRunInline(method, in message)) new InboundRequest(this, method, in message, RequestPayload.CopyOf(in message)).Run.Begin();
    }

    /// <summary>Runs a handler that needs no request; false when the request may have to wait, or somebody measures or traces it.</summary>
    private bool TryRunInline(MethodEntry method, in Message message)
    {
        if (method.InlineOrNull(engine.Filters) is not { } inline || engine.Metrics.TimesServed || Traces.AreWanted) return false;
        if (!engine.Lanes.Pool.HasPlaceFor(PoolShare)) return false;
        if (inline.Run(this, method, in message) is { } answer) Reply(answer);
        return true;
    }
}
