using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The methods that the peer can call.</summary>
/// <remarks>Safe to call concurrently, also while there are connections.</remarks>
public sealed class Methods
{
    private const int CacheSize = 64;

    private readonly ConcurrentDictionary<string, MethodEntry> _entries = new(NameComparer.Instance);
    private readonly ConcurrentDictionary<string, MethodEntry>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;

    // A cache of called methods, each in the slot of its name's hash. Most calls find their method here without a write to shared memory.
    // When several methods have the same slot, the first one keeps it. A new array replaces the cache when a method is added or removed.
    private MethodEntry?[] _cache = new MethodEntry?[CacheSize];

    internal Methods() => _byUtf8 = _entries.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The names of all methods in alphabetical order, including private ones and those of the namespace <c>system</c>.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Determines whether a method is registered.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Returns the options of a method; null when it does not exist.</summary>
    public MethodOptions? GetOptions(string name) => _entries.TryGetValue(name, out var entry) ? entry.Options : null;

    /// <summary>Removes a method. Running requests continue.</summary>
    /// <returns>False when the method does not exist.</returns>
    /// <exception cref="ArgumentException">The method is built in.</exception>
    public bool Unregister(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Protocol.Names.IsReserved(name)) throw new ArgumentException($"Method '{name}' is built in and cannot be unregistered.");
        var isRemoved = _entries.TryRemove(name, out _);
        ClearCache();
        return isRemoved;
    }

    /// <summary>The service provider of the application; null when there is none.</summary>
    internal IServiceProvider? Services { get; init; }

    /// <summary>Rejects methods that are registered too late. Null: no guard.</summary>
    internal RegistrationGuard? Guard { get; init; }

    internal bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out MethodEntry? entry)
    {
        // Read the array first. A method that is found after its removal must not be written to the new array.
        var cache = Volatile.Read(ref _cache);
        ref var slot = ref cache[SlotOf(name)];
        entry = Volatile.Read(ref slot);
        if (entry is not null && name.SequenceEqual(entry.Utf8Name)) return true;
        var isFree = entry is null;
        if (!_byUtf8.TryGetValue(name, out entry)) return false;
        if (isFree) Volatile.Write(ref slot, entry);
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

    /// <summary>Registers a method without checking for reserved namespaces.</summary>
    internal void AddBuiltIn(MethodEntry entry)
    {
        CheckTimeout(entry);
        if (!_entries.TryAdd(entry.Name, entry))
            throw new ArgumentException($"Method '{entry.Name}' is registered already. Unregister it first, or choose another name.");
        // A method of this name may have just been removed and still be in the cache.
        ClearCache();
    }

    internal bool Remove(MethodEntry entry)
    {
        var isRemoved = _entries.TryRemove(KeyValuePair.Create(entry.Name, entry));
        ClearCache();
        return isRemoved;
    }

    private void ClearCache() => Volatile.Write(ref _cache, new MethodEntry?[CacheSize]);

    private static int SlotOf(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? 0 : ((name.Length * 7) ^ (name[^1] * 3) ^ name[name.Length / 2]) & (CacheSize - 1);

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
