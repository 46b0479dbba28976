namespace HeliosStarling.Siege;

/// <summary>One way to be a nuisance.</summary>
/// <param name="Name">What to print.</param>
/// <param name="Attack">What it does with one connection, over and over until that ends.</param>
/// <param name="Reads">Whether it takes what it is sent. Default true.</param>
/// <param name="ReceiveBuffer">The kernel's buffer for it in bytes. Default the system's.</param>
internal sealed record HostileKind(
    string Name, Func<RawConnection, Random, CancellationToken, Task> Attack, bool Reads = true, int ReceiveBuffer = 0);
