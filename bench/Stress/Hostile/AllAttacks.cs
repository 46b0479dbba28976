namespace HeliosStarling.Stress;

/// <summary>All known attacks.</summary>
internal static class AllAttacks
{
    /// <param name="maxMessageSize">The largest message that the server takes.</param>
    public static IReadOnlyList<Attack> Of(int maxMessageSize) =>
    [
        .. new MemoryAttacks(maxMessageSize).All.Select(Attack.Of),
        .. NoisyNeighbors.All.Select(Attack.Of),
        .. new MessageAttacks(maxMessageSize).All,
        .. AnswerAttacks.All,
        .. ControlAttacks.All,
        .. UpgradeAttacks.All,
        .. RecoveryAttacks.All,
        .. PartyAttacks.All,
    ];
}
