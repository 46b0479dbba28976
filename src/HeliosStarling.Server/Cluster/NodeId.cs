namespace HeliosStarling;

/// <summary>A node, as others know it: one lease of one process.</summary>
/// <param name="Process">Random, and the same as long as the process runs.</param>
/// <param name="Lease">Random, made with each lease. A lease that is gone never comes back, so a dead id stays dead.</param>
internal sealed record NodeId(string Process, string Lease)
{
    /// <summary>Whether the other id is this one, or an older or newer one of the same process.</summary>
    public bool IsOfSameProcess(NodeId? other) => other is not null && other.Process == Process;

    public override string ToString() => $"{Process}.{Lease}";
}
