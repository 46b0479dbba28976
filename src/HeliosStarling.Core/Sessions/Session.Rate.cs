using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Messages over a rate limit (docs/protocol.md section 4).</content>
internal abstract partial class Session
{
    private const string ExcessText = "Too many messages";

    /// <summary>Counts a message against the limits of its peer; false when it is over one, which is told in its place.</summary>
    protected virtual bool TryAdmit(out RateExcess excess)
    {
        excess = default;
        return true;
    }

    /// <summary>A message over a limit was told so.</summary>
    protected virtual void OnExcess()
    {
    }

    /// <summary>What we asked for is free: answers to our requests, and acknowledgements, which are counted when they acknowledge nothing.</summary>
    private bool IsMetered(ReadStatus status, in Message message) =>
        status != ReadStatus.Message || !message.Peer.IsEmpty || !(message.Type == MessageType.Ack || (message.Type == MessageType.Response && Outbound.TryGet(message.Id, out _)));

    private void RefuseExcess(ReadStatus status, in Message message, Violation? violation, RateExcess excess)
    {
        // An error message is never answered.
        if (violation is { IsAnswered: false } || (status == ReadStatus.Message && message.Type == MessageType.Error))
        {
            engine.Metrics.Ignored("error");
            OnExcess();
            return;
        }
        RefuseExcess(status == ReadStatus.Message && message.Type == MessageType.Request ? message.IdText : violation?.RequestIdText ?? default, excess);
    }

    private void RefuseExcess(ReadOnlyMemory<byte> requestId, RateExcess excess)
    {
        var details = new Details(("limit", excess.Limit), ("reset", excess.Reset));
        Reply(requestId.IsEmpty || IsInFlight(requestId.Span)
            ? engine.Encoder.Error(ErrorSeverity.Application, ErrorCodes.RateLimitExceeded, ExcessText, details)
            : engine.Encoder.Failure(requestId.Span, ErrorCodes.RateLimitExceeded, ExcessText, details));
        // Behind the answer: nothing follows a close frame.
        OnExcess();
    }
}
