namespace HeliosStarling;

/// <summary>The starlings that joined a group. The cost of a broadcast depends on the size of the group, not of the server.</summary>
public readonly struct Group
{
    private readonly Starlings _starlings;

    internal Group(Starlings starlings, string name) => (_starlings, Name) = (starlings, name);

    /// <summary>The name of the group.</summary>
    public string Name { get; }

    /// <summary>The number of starlings of this node in the group, including disconnected ones that are still held.</summary>
    public int Count => _starlings.FindGroup(Name)?.Count ?? 0;

    /// <summary>A snapshot of the group's starlings of this node.</summary>
    public IReadOnlyList<Starling> Members => _starlings.FindGroup(Name)?.ToArray() ?? [];

    /// <summary>Sends a notification to all starlings of the group.</summary>
    /// <inheritdoc cref="Starlings.BroadcastAsync"/>
    public ValueTask<BroadcastResult> BroadcastAsync<T>(
        string topic, T data, Func<Starling, bool>? filter = null, CancellationToken cancellationToken = default) =>
        _starlings.SendTo(_starlings.FindGroup(Name), topic, data, filter, cancellationToken);
}
