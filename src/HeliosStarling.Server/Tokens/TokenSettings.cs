namespace HeliosStarling;

/// <summary>How recovery tokens are made.</summary>
/// <param name="Keys">The keys that are good, the one that signs first; none for a random one.</param>
/// <param name="Lifetime">How long a token is good, if nobody says otherwise.</param>
/// <param name="EncryptsStates">Whether clients cannot read the states in them.</param>
internal sealed record TokenSettings(IReadOnlyList<ConnectionKey> Keys, TimeSpan Lifetime, bool EncryptsStates);
