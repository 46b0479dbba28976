using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The methods that the peer can call.</summary>
/// <remarks>Safe to call concurrently, also while connections run.</remarks>
public sealed class Methods
{
    private const int CalledPlaces = 64;

    private readonly ConcurrentDictionary<string, MethodEntry> _entries = new(NameComparer.Instance);
    private readonly ConcurrentDictionary<string, MethodEntry>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;

    // Methods that were called, each in the place that its name gives it: most calls find theirs here, and nobody writes. Of those that
    // share a place the first one keeps it. A new array when a method comes or goes.
    private MethodEntry?[] _called = new MethodEntry?[CalledPlaces];

    internal Methods() => _byUtf8 = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The names of all methods, in alphabetical order, those of the namespace <c>system</c> and private ones included.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether a method is registered.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>How a method is offered; null when there is no such method.</summary>
    public MethodOptions? GetOptions(string name) => _entries.TryGetValue(name, out var entry) ? entry.Options : null;

    /// <summary>Takes a method away; requests that run already go on.</summary>
    /// <returns>False when there is no such method.</returns>
    /// <exception cref="ArgumentException">The method is built in.</exception>
    public bool Unregister(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Protocol.Names.IsReserved(name)) throw new ArgumentException($"Method '{name}' is built in and cannot be unregistered.");
        var isRemoved = _entries.TryRemove(name, out _);
        ForgetCalled();
        return isRemoved;
    }

    /// <summary>The services of the application whose methods these are; null when it has none to give.</summary>
    internal IServiceProvider? Services { get; init; }

    /// <summary>Refuses methods that come too late; null for no guard.</summary>
    internal RegistrationGuard? Guard { get; init; }

    internal bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out MethodEntry? entry)
    {
        // The array first: what is found after a method was taken away must not be noted in the new one.
        var called = Volatile.Read(ref _called);
        ref var place = ref called[PlaceOf(name)];
        entry = Volatile.Read(ref place);
        if (entry is not null && name.SequenceEqual(entry.Utf8Name)) return true;
        var isFree = entry is null;
        if (!_byUtf8.TryGetValue(name, out entry)) return false;
        if (isFree) Volatile.Write(ref place, entry);
        return true;
    }

    internal IEnumerable<MethodEntry> Entries => _entries.Values;

    /// <summary>Registers a method of the application.</summary>
    internal void Add(MethodEntry entry)
    {
        Guard?.ThrowIfEnded();
        CheckName(entry.Name);
        AddBuiltIn(entry);
    }

    /// <summary>Registers a method without the check for reserved namespaces.</summary>
    internal void AddBuiltIn(MethodEntry entry)
    {
        CheckTimeout(entry);
        if (!_entries.TryAdd(entry.Name, entry))
            throw new ArgumentException($"Method '{entry.Name}' is registered already. Unregister it first, or choose another name.");
        // One of this name may have been taken away just now, and not forgotten yet.
        ForgetCalled();
    }

    internal bool Remove(MethodEntry entry)
    {
        var isRemoved = _entries.TryRemove(KeyValuePair.Create(entry.Name, entry));
        ForgetCalled();
        return isRemoved;
    }

    private void ForgetCalled() => Volatile.Write(ref _called, new MethodEntry?[CalledPlaces]);

    private static int PlaceOf(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? 0 : ((name.Length * 7) ^ (name[^1] * 3) ^ name[name.Length / 2]) & (CalledPlaces - 1);

    private static void CheckName(string name)
    {
        if (!Protocol.Names.IsMethod(name))
            throw new ArgumentException($"Method name '{name}' is malformed. Use two or more segments of letters, digits and '_' joined by ':', each starting with a letter, at most {ProtocolLimits.MaxNameLength} characters, such as 'chat:send'.");
        if (Protocol.Names.IsReserved(name))
            throw new ArgumentException($"Method '{name}' cannot be registered: namespace '{name[..name.IndexOf(':', StringComparison.Ordinal)]}' is reserved. Choose another namespace.");
    }

    private static void CheckTimeout(MethodEntry entry)
    {
        if (entry.Options.Timeout is { } timeout && timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(
                null, $"Timeout of method '{entry.Name}' is {timeout}; it must be longer than 0, or Timeout.InfiniteTimeSpan.");
    }
}
