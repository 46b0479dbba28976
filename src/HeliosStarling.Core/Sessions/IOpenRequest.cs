namespace HeliosStarling;

/// <summary>A request of the peer that is not answered yet.</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal interface IOpenRequest
{
    /// <summary>Ends the request because its caller cancelled it.</summary>
    /// <param name="reason">The reason; null when the caller gave none.</param>
    void Cancel(string? reason);

    /// <summary>Ends the request without an answer because its session ends. Returns false when the request has already ended.</summary>
    bool TryAbandon();

    /// <summary>Releases the place of the request for another one, after <see cref="TryAbandon"/>.</summary>
    void ReleasePlace();
}
