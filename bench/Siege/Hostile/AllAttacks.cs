namespace HeliosStarling.Siege;

/// <summary>Everything that clients are known to have tried.</summary>
internal static class AllAttacks
{
    /// <param name="maxMessageSize">The largest message that the server takes.</param>
    public static IReadOnlyList<Attack> Of(int maxMessageSize) =>
    [
        .. new Attackers(maxMessageSize).All.Select(Attack.Of),
        .. Neighbors.All.Select(Attack.Of),
        .. new MessageAttacks(maxMessageSize).All,
        .. AnswerAttacks.All,
        .. ControlAttacks.All,
        .. UpgradeAttacks.All,
        .. RecoveryAttacks.All,
        .. PartyAttacks.All,
    ];
}
