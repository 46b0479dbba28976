namespace HeliosStarling;

/// <summary>The id of a node: one lease of one process.</summary>
/// <param name="Process">A random id of the process.</param>
/// <param name="Lease">A random id of the lease. A lease that has ended never returns, so a dead node stays dead.</param>
internal sealed record NodeId(string Process, string Lease)
{
    /// <summary>Whether the other id belongs to the same process.</summary>
    public bool IsOfSameProcess(NodeId? other) => other is not null && other.Process == Process;

    public override string ToString() => $"{Process}.{Lease}";
}
