namespace HeliosStarling;

/// <summary>A request of the peer that is not answered.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal interface IOpenRequest
{
    /// <summary>Ends the request because its caller asks for it.</summary>
    /// <param name="reason">Why; null when the caller does not say.</param>
    void Cancel(string? reason);

    /// <summary>Ends the request because its session does: there is nobody to answer. False when it has ended already.</summary>
    bool TryAbandon();

    /// <summary>Gives its place to another request, after <see cref="TryAbandon"/>.</summary>
    void LeavePlace();
}
