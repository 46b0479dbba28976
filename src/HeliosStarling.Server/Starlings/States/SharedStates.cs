namespace HeliosStarling;

/// <summary>The states that every starling of a server has.</summary>
/// <remarks>
/// Safe to use concurrently. Register before clients come: a recovery restores what is registered at that time, the rest when it is.
/// </remarks>
public sealed class SharedStates
{
    private readonly Engine _engine;
    private readonly Lock _lock = new();
    private volatile StateProvider[] _providers = [];

    internal SharedStates(Engine engine, int concurrency) => (_engine, Snapshots) = (engine, new SemaphoreSlim(concurrency));

    internal StateProvider[] Providers => _providers;

    /// <summary>Held by each starling whose states are being saved.</summary>
    internal SemaphoreSlim Snapshots { get; }

    /// <summary>Registers a state of every starling.</summary>
    /// <param name="namespace">Its name in tokens: segments of letters, digits and '_' joined by ':', such as <c>game</c>.</param>
    /// <param name="save">Gives the state of a starling, for a token.</param>
    /// <param name="restore">Takes the state of a starling that was remade from a token, before its first message is handled.</param>
    /// <param name="options">Whether it is required, valid, and has a default. Default none of it.</param>
    /// <returns>Dispose of it to take the state away again.</returns>
    /// <remarks>A starling that registers the same namespace itself has its own instead.</remarks>
    /// <exception cref="ArgumentException">The namespace is malformed, the library's own, or registered already.</exception>
    /// <exception cref="InvalidOperationException">No JSON metadata describes <typeparamref name="T"/>.</exception>
    public IDisposable Register<T>(
        string @namespace, Func<Starling, CancellationToken, ValueTask<T>> save, Func<Starling, T, CancellationToken, ValueTask> restore,
        StateOptions<T>? options = null)
    {
        StateNames.ThrowIfNotFree(@namespace);
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(restore);
        var provider = new StateProvider<T>(@namespace, _engine.TypeInfo<T>(), save, restore, options ?? new StateOptions<T>());
        lock (_lock)
        {
            if (_providers.Any(other => other.Namespace == @namespace))
                throw new ArgumentException(
                    $"State '{@namespace}' is registered already. Dispose of its registration first, or choose another namespace.",
                    nameof(@namespace));
            _providers = [.. _providers, provider];
        }
        return new StateRegistration(() =>
        {
            lock (_lock) _providers = [.. _providers.Where(other => other != provider)];
        });
    }

    /// <inheritdoc cref="Register{T}(string, Func{Starling, CancellationToken, ValueTask{T}}, Func{Starling, T, CancellationToken, ValueTask}, StateOptions{T}?)"/>
    public IDisposable Register<T>(
        string @namespace, Func<Starling, ValueTask<T>> save, Func<Starling, T, ValueTask> restore, StateOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(restore);
        return Register(@namespace, (starling, _) => save(starling), (starling, state, _) => restore(starling, state), options);
    }
}
