using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Messages over a rate limit (PROTOCOL.md section 4).</content>
internal abstract partial class Session
{
    private const string ExcessText = "Too many messages";

    /// <summary>Counts a message against the limits of its peer; false when it is over one, which is told in its place.</summary>
    protected virtual bool TryAdmit(out RateExcess excess)
    {
        excess = default;
        return true;
    }

    /// <summary>What we asked for is free: answers to our requests, and acknowledgements.</summary>
    private bool IsMetered(ReadStatus status, in Message message) =>
        status != ReadStatus.Message || !(message.Type == MessageType.Ack || (message.Type == MessageType.Response && Outbound.TryGet(message.Id, out _)));

    private void RefuseExcess(ReadStatus status, in Message message, Violation? violation, RateExcess excess)
    {
        var requestId = status == ReadStatus.Message && message.Type == MessageType.Request ? message.IdText : violation?.RequestIdText ?? default;
        // An error message is never answered.
        if (violation is { IsAnswered: false } || (status == ReadStatus.Message && message.Type == MessageType.Error)) engine.Metrics.Ignored("error");
        else if (requestId.IsEmpty || IsInFlight(requestId.Span)) ReplyExcess(excess);
        else Reply(engine.Encoder.Failure(requestId.Span, ErrorCodes.RateLimitExceeded, ExcessText, DetailsOf(excess)));
    }

    private void ReplyExcess(RateExcess excess) =>
        Reply(engine.Encoder.Error(ErrorSeverity.Application, ErrorCodes.RateLimitExceeded, ExcessText, DetailsOf(excess)));

    private static Details DetailsOf(RateExcess excess) => new(("limit", excess.Limit), ("reset", excess.Reset));
}
