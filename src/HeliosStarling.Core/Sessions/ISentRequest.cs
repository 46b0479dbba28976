using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A request of this side that the peer has not answered yet.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal interface ISentRequest : IQueuedRequest
{
    /// <summary>Completes when the request is answered, and fails when the request fails.</summary>
    Task Settled { get; }

    /// <summary>Called when the answer was received. The message is valid only during the call.</summary>
    void Complete(in Message message);

    /// <summary>Called when a notification of the request was received. The message is valid only during the call.</summary>
    void Notify(in Message message);

    /// <summary>Called when the received answer is an error or is unusable.</summary>
    void FailAnswered(HeliosException failure);

    /// <summary>Called when a received notification of the request is unusable. A stream that needs it fails.</summary>
    void OnNotificationLost(HeliosException failure);

    /// <summary>
    /// Called when a new epoch begins after the request was sent, so that no answer can arrive any more (docs/protocol.md section 7, rule
    /// 7).
    /// </summary>
    void OnLost();
}
