namespace HeliosStarling;

/// <summary>The states that each starling of a server has.</summary>
/// <remarks>
/// Safe to use concurrently. Register states before clients connect: a recovery restores the states that are registered at that time. A
/// state that is registered later is not restored for starlings that have been recovered before.
/// </remarks>
public sealed class SharedStates
{
    private readonly Engine _engine;
    private readonly Lock _lock = new();
    private volatile StateProvider[] _providers = [];

    internal SharedStates(Engine engine, int concurrency) => (_engine, Snapshots) = (engine, new SemaphoreSlim(concurrency));

    internal StateProvider[] Providers => _providers;

    /// <summary>Limits the number of starlings whose states are saved at the same time.</summary>
    internal SemaphoreSlim Snapshots { get; }

    /// <summary>Registers a state of each starling.</summary>
    /// <param name="namespace">The name in tokens: segments of letters, digits, '_', '.' and '-', joined by ':', for example
    /// <c>game</c>.</param>
    /// <param name="save">Returns the state of a starling, to be saved with a token.</param>
    /// <param name="restore">Restores the state of a starling that was recreated from a token, before its first message is handled.</param>
    /// <param name="options">Whether the state is required, how it is validated, and its default. Default none of these.</param>
    /// <returns>The registration. Dispose it to remove the state.</returns>
    /// <remarks>A starling that registers the same namespace itself uses its own state instead.</remarks>
    /// <exception cref="ArgumentException">The namespace is malformed, reserved, or registered already.</exception>
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
