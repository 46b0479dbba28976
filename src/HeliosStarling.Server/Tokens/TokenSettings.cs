namespace HeliosStarling;

/// <summary>The settings for recovery tokens.</summary>
/// <param name="Keys">The accepted keys; the first one signs. Empty for a random key.</param>
/// <param name="Lifetime">The default lifetime of a token.</param>
/// <param name="EncryptsStates">Whether tokens are encrypted, so that clients cannot read their states.</param>
internal sealed record TokenSettings(IReadOnlyList<ConnectionKey> Keys, TimeSpan Lifetime, bool EncryptsStates);
