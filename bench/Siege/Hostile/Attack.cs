namespace HeliosStarling.Siege;

/// <summary>One way to attack, from the first socket to the last.</summary>
/// <param name="Name">What to print.</param>
/// <param name="RunAsync">Attacks until it is told to stop, or the server ends it.</param>
internal sealed record Attack(string Name, Func<Attacker, CancellationToken, Task> RunAsync)
{
    /// <summary>The attack of one that stays with its first connection.</summary>
    public static Attack Of(HostileKind kind) => new(
        kind.Name,
        (attacker, stop) => attacker.WithConnectionAsync(
            "", (connection, end) => kind.Attack(connection, attacker.Random, end), stop, kind.Reads, kind.ReceiveBuffer));
}
