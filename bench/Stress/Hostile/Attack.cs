namespace HeliosStarling.Stress;

/// <summary>One kind of attack, which opens and closes its own connections.</summary>
/// <param name="Name">The name to print.</param>
/// <param name="RunAsync">Attacks until it is stopped or the server disconnects it.</param>
internal sealed record Attack(string Name, Func<Attacker, CancellationToken, Task> RunAsync)
{
    /// <summary>The attack of a hostile client on one connection.</summary>
    public static Attack Of(HostileKind kind) => new(
        kind.Name,
        (attacker, stop) => attacker.WithConnectionAsync(
            "", (connection, end) => kind.Attack(connection, attacker.Random, end), stop, kind.Reads, kind.ReceiveBuffer));
}
