using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A request of this side that the peer has not answered.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal interface ISentRequest : IQueuedRequest
{
    /// <summary>Completes with the answer, or fails as it does.</summary>
    Task Settled { get; }

    /// <summary>The answer has come; valid during the call.</summary>
    void Complete(in Message message);

    /// <summary>A notification of the request has come; valid during the call.</summary>
    void Notify(in Message message);

    /// <summary>The answer has come and is a failure, or of no use.</summary>
    void FailAnswered(HeliosException failure);

    /// <summary>A notification of the request has come and is of no use: a stream that would lack it fails.</summary>
    void LoseNotification(HeliosException failure);

    /// <summary>It was sent and its answer can't come any more, in a new epoch (docs/protocol.md section 7, rule 7).</summary>
    void Lose();
}
