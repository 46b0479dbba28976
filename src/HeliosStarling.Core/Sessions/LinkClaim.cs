namespace HeliosStarling;

/// <summary>What a connection says of the conversation that it belongs to (PROTOCOL.md section 7, rule 5).</summary>
/// <param name="Resumes">Whether messages are to be counted.</param>
/// <param name="Epoch">The epoch in which the peer counted; null when it does not know any.</param>
/// <param name="Received">What the peer has counted in it; null when that is no number.</param>
/// <param name="Attempt">Grows with each connection of the peer; null when it does not say.</param>
/// <param name="Limit">The largest message in bytes that the peer takes. Default any.</param>
internal readonly record struct LinkClaim(bool Resumes, string? Epoch = null, long? Received = null, long? Attempt = null, int Limit = int.MaxValue);
