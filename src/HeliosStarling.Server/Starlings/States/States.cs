using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The states of a starling. They are saved into recovery tokens and restored from them, so they survive a restart.</summary>
/// <remarks>
/// Safe to use concurrently. Snapshots of one starling are made one after another. Each token contains exactly one snapshot.
/// </remarks>
public sealed class States
{
    private readonly Starling _starling;
    private readonly Lock _lock = new();
    private volatile StateProvider[] _own = [];
    private Dictionary<string, JsonElement>? _parked;
    private SemaphoreSlim? _snapshot;

    internal States(Starling starling) => _starling = starling;

    /// <summary>Registers a state of this starling. It replaces a state with the same name.</summary>
    /// <param name="namespace">The name in tokens: segments of letters, digits, '_', '.' and '-', joined by ':', for example
    /// <c>game</c>.</param>
    /// <param name="save">Returns the state, to be saved with a token.</param>
    /// <param name="restore">
    /// Restores the state of a starling that was recreated from a token. It is called before the first message is handled if the state is
    /// registered by then (in a handler of <c>starling:new</c> or <c>OnConnection</c>), and else at once.
    /// </param>
    /// <param name="options">Whether the state is required, how it is validated, and its default. Default none of these.</param>
    /// <returns>The registration. Dispose it to remove the state.</returns>
    /// <exception cref="HeliosException">The namespace is malformed or reserved: <c>VALIDATION_ERROR</c>.</exception>
    /// <exception cref="InvalidOperationException">No JSON metadata describes <typeparamref name="T"/>.</exception>
    public IDisposable Register<T>(
        string @namespace, Func<CancellationToken, ValueTask<T>> save, Func<T, CancellationToken, ValueTask> restore,
        StateOptions<T>? options = null)
    {
        StateNames.RefuseIfNotFree(@namespace);
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(restore);
        var provider = new StateProvider<T>(
            @namespace, Engine.TypeInfo<T>(), (_, token) => save(token), (_, state, token) => restore(state, token),
            options ?? new StateOptions<T>());
        JsonElement? parked = null;
        lock (_lock)
        {
            _own = [.. _own.Where(other => other.Namespace != @namespace), provider];
            if (_parked is not null && _parked.Remove(@namespace, out var found)) parked = found;
        }
        Announce(new StateRegistered(_starling, @namespace));
        if (parked is not null) _ = RestoreAsync(provider, parked, default).AsTask();
        return new StateRegistration(() =>
        {
            lock (_lock) _own = [.. _own.Where(other => other != provider)];
        });
    }

    /// <inheritdoc cref="Register{T}(string, Func{CancellationToken, ValueTask{T}}, Func{T, CancellationToken, ValueTask}, StateOptions{T}?)"/>
    public IDisposable Register<T>(string @namespace, Func<ValueTask<T>> save, Func<T, ValueTask> restore, StateOptions<T>? options = null)
    {
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(restore);
        return Register(@namespace, _ => save(), (state, _) => restore(state), options);
    }

    /// <summary>Saves all states and issues a recovery token with them.</summary>
    /// <param name="options">The lifetime and custom claims. Default none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="HeliosException">A required state could not be saved: <c>STATE_RECOVERY_FAILED</c> or <c>STATE_CORRUPTED</c>. The
    /// states do not fit into the token, and the store in memory has no room for them: <c>RATE_QUOTA_EXCEEDED</c>. Earlier tokens restore
    /// the states that were saved before.</exception>
    /// <exception cref="TimeoutException">The state store took longer than <see cref="HeliosOptions.RequestTimeout"/>.</exception>
    /// <exception cref="ArgumentException">A custom claim has a reserved name, or the claims are too large.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is out of range.</exception>
    public async ValueTask<RecoveryToken> GenerateTokenAsync(TokenOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await MakeTokenAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (ArgumentException or OperationCanceledException))
        {
            _starling.Node.Metrics.TokenFailed(exception);
            throw;
        }
    }

    /// <summary>
    /// Sends the client a new token as <c>state:token</c> <c>{token, expiresIn}</c>. Call it when a state has changed and the change must
    /// survive a restart. A starling that is away is sent nothing; it gets a token when it comes back.
    /// </summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns><see cref="SendResult.Closed"/> when the starling is away.</returns>
    /// <inheritdoc cref="GenerateTokenAsync" path="/exception"/>
    public async ValueTask<SendResult> NotifyStateAsync(CancellationToken cancellationToken = default)
    {
        if (_starling.Session.Connection is null) return SendResult.Closed;
        var token = await GenerateTokenAsync(null, cancellationToken).ConfigureAwait(false);
        if (_starling.Session.Connection is null) return SendResult.Closed;
        _starling.Tokens.Newest = new IssuedToken(token, Engine.Time.GetUtcNow());
        var result = _starling.Session.Send(Engine.Encoder.Token(TokenBody.Of(token)));
        return result == EnqueueStatus.Queued ? SendResult.Queued : SendResult.Dropped;
    }

    /// <summary>Takes a snapshot of all states, including restored ones whose namespace nobody has registered yet.</summary>
    internal async ValueTask<IReadOnlyDictionary<string, JsonElement>> SaveAsync(CancellationToken cancellationToken)
    {
        var providers = Providers;
        var saved = CoreState.Save(_starling);
        lock (_lock)
        {
            foreach (var (name, state) in _parked ?? []) saved[name] = state;
        }
        if (providers.Count == 0) return saved;
        var gate = _snapshot ?? Interlocked.CompareExchange(ref _snapshot, new SemaphoreSlim(1), null) ?? _snapshot!;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _starling.Node.States.Snapshots.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                foreach (var provider in providers) await SaveAsync(provider, saved, cancellationToken).ConfigureAwait(false);
                return saved;
            }
            finally
            {
                _starling.Node.States.Snapshots.Release();
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Restores the states of a token.</summary>
    /// <returns>The fault of a required state that could not be restored; null on success.</returns>
    internal async ValueTask<HeliosException?> RestoreAsync(
        IReadOnlyDictionary<string, JsonElement> states, CancellationToken cancellationToken)
    {
        CoreState.Restore(_starling, states);
        var restored = new HashSet<string>(StringComparer.Ordinal) { StateNames.Connection, StateNames.Info };
        foreach (var provider in Providers)
        {
            restored.Add(provider.Namespace);
            JsonElement? saved = states.TryGetValue(provider.Namespace, out var state) ? state : null;
            if (await RestoreAsync(provider, saved, cancellationToken).ConfigureAwait(false) is { } fault && provider.IsRequired)
                return fault;
        }
        foreach (var (name, state) in states.Where(state => !restored.Contains(state.Key))) Park(name, state);
        return null;
    }

    private Engine Engine => _starling.Session.Engine;

    /// <summary>The providers of the starling. Its own ones replace shared ones with the same name.</summary>
    private List<StateProvider> Providers
    {
        get
        {
            var own = _own;
            return [.. _starling.Node.States.Providers.Where(shared => !own.Any(other => other.Namespace == shared.Namespace)), .. own];
        }
    }

    private async ValueTask<RecoveryToken> MakeTokenAsync(TokenOptions? options, CancellationToken cancellationToken)
    {
        var states = await SaveAsync(cancellationToken).ConfigureAwait(false);
        var token = await _starling.Node.Tokens
            .IssueAsync(
                _starling.Id,
                Subjects.Of(_starling.Peer.KnownUser),
                states,
                options,
                _starling.Tokens.Lifetime,
                _starling.Peer.Party,
                cancellationToken).ConfigureAwait(false);
        await _starling.Tokens.OnIssuedAsync(token).ConfigureAwait(false);
        return token;
    }

    private async ValueTask SaveAsync(StateProvider provider, Dictionary<string, JsonElement> saved, CancellationToken cancellationToken)
    {
        var (state, fault) =
            await WithTimeoutAsync(token => provider.SaveAsync(_starling, token), provider, cancellationToken).ConfigureAwait(false);
        if (fault is not null) Report(provider, fault);
        if (state is { } json) saved[provider.Namespace] = json;
        else if (provider.IsRequired) throw fault!;
    }

    private async ValueTask<HeliosException?> RestoreAsync(StateProvider provider, JsonElement? saved, CancellationToken cancellationToken)
    {
        var (restored, fault) = await WithTimeoutAsync(
            token => provider.RestoreAsync(_starling, saved, token), provider, cancellationToken).ConfigureAwait(false);
        if (fault is not null && (saved is not null || provider.IsRequired)) Report(provider, fault);
        if (restored) Announce(new StateRestored(_starling, provider.Namespace));
        return restored ? null : fault;
    }

    /// <summary>Limits the time of a provider, so that one that hangs blocks neither its starling nor the others in the queue.</summary>
    private async ValueTask<(T, HeliosException?)> WithTimeoutAsync<T>(
        Func<CancellationToken, ValueTask<(T, HeliosException?)>> run, StateProvider provider, CancellationToken cancellationToken)
    {
        var limit = Engine.RequestTimeout;
        using var timer = new CancellationTokenSource(limit, Engine.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await run(either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (
                default!, new HeliosException(ErrorCodes.StateRecoveryFailed, $"State '{provider.Namespace}' took longer than {limit}."));
        }
    }

    private void Park(string name, JsonElement state)
    {
        lock (_lock) (_parked ??= new Dictionary<string, JsonElement>(StringComparer.Ordinal))[name] = state;
    }

    private void Report(StateProvider provider, HeliosException fault)
    {
        Engine.Logger.StateFailed(fault.InnerException, provider.Namespace, _starling.Id, fault.Code);
        Announce(new StateFailed(_starling, provider.Namespace, fault));
    }

    private void Announce(HeliosEvent happened) => _ = _starling.AnnounceAsync(() => _starling.Node.Events.EmitAsync(happened).AsTask());
}
