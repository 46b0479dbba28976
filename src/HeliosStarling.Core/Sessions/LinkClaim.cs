namespace HeliosStarling;

/// <summary>
/// The values with which a client asks to continue its conversation on a connection (docs/protocol.md section 7, rule 5).
/// </summary>
/// <param name="Resumes">Whether messages must be counted.</param>
/// <param name="Epoch">The epoch in which the peer counted messages; null when it has none.</param>
/// <param name="Received">The number of messages that the peer has counted in the epoch; null when it sent no valid number.</param>
/// <param name="Instance">The id of the client instance that connects; null when it sent none.</param>
/// <param name="Attempt">The number of connection attempts of this instance, including this one. Ignored without
/// <paramref name="Instance"/>.</param>
/// <param name="IsProven">Whether the peer has answered a ping on this connection, and so is alive.</param>
/// <param name="Limit">The message size limit of the peer in bytes. Default: no limit.</param>
internal readonly record struct LinkClaim(
    bool Resumes, string? Epoch = null, long? Received = null, string? Instance = null, long Attempt = 0, bool IsProven = false,
    int Limit = int.MaxValue);
