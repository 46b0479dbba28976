namespace HeliosStarling;

/// <summary>What a connection says of the conversation that it belongs to (docs/protocol.md section 7, rule 5).</summary>
/// <param name="Resumes">Whether messages are to be counted.</param>
/// <param name="Epoch">The epoch in which the peer counted; null when it does not know any.</param>
/// <param name="Received">What the peer has counted in it; null when that is no number.</param>
/// <param name="Instance">Which client object and life of it connects; null when it does not say.</param>
/// <param name="Attempt">How often that instance has tried, this time included; means nothing without <paramref name="Instance"/>.</param>
/// <param name="IsProven">Whether the peer has answered a ping on this connection: it lives.</param>
/// <param name="Limit">The largest message in bytes that the peer takes. Default any.</param>
internal readonly record struct LinkClaim(
    bool Resumes, string? Epoch = null, long? Received = null, string? Instance = null, long Attempt = 0, bool IsProven = false,
    int Limit = int.MaxValue);
