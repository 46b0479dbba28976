namespace HeliosStarling;

/// <summary>The starlings that joined under one name. Sending to it costs by its own size, not the server's.</summary>
public readonly struct Group
{
    private readonly Starlings _starlings;

    internal Group(Starlings starlings, string name) => (_starlings, Name) = (starlings, name);

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>How many starlings of this node are in it, those held after a disconnect included.</summary>
    public int Count => _starlings.FindGroup(Name)?.Count ?? 0;

    /// <summary>The starlings of this node that are in it now.</summary>
    public IReadOnlyList<Starling> Members => _starlings.FindGroup(Name)?.ToArray() ?? [];

    /// <summary>Sends a notification to all in the group.</summary>
    /// <inheritdoc cref="Starlings.BroadcastAsync"/>
    public ValueTask<BroadcastResult> BroadcastAsync<T>(
        string topic, T data, Func<Starling, bool>? filter = null, CancellationToken cancellationToken = default) =>
        _starlings.SendTo(_starlings.FindGroup(Name), topic, data, filter, cancellationToken);
}
