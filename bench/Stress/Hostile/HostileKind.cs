namespace HeliosStarling.Stress;

/// <summary>A kind of hostile client.</summary>
/// <param name="Name">The name to print.</param>
/// <param name="Attack">The attack on one connection, until that connection ends.</param>
/// <param name="Reads">Whether the client reads what the server sends. Default true.</param>
/// <param name="ReceiveBuffer">The size of the kernel's receive buffer in bytes. Default the system's.</param>
internal sealed record HostileKind(
    string Name, Func<RawConnection, Random, CancellationToken, Task> Attack, bool Reads = true, int ReceiveBuffer = 0);
