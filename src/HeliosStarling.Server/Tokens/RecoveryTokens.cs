using System.Security.Cryptography;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Issues and validates recovery tokens (docs/protocol.md section 7, "Token").</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class RecoveryTokens
{
    // The tolerated difference between clocks.
    private static readonly TimeSpan s_skew = TimeSpan.FromSeconds(5);

    private readonly TokenCodec _codec;
    private readonly IStateStore _store;
    private readonly Engine _engine;
    private readonly TimeSpan _lifetime;
    private readonly bool _isKeyRandom;
    private int _warned;
    private int _warnedOfClosed;

    public RecoveryTokens(TokenSettings settings, IStateStore store, Engine engine)
    {
        (_store, _engine, _lifetime) = (store, engine, settings.Lifetime);
        _isKeyRandom = settings.Keys.Count == 0;
        IReadOnlyList<ConnectionKey> keys = _isKeyRandom ? [RandomNumberGenerator.GetBytes(ConnectionKey.MinLength)] : settings.Keys;
        _codec = new TokenCodec([.. keys.Select(key => new TokenKey(key))], settings.EncryptsStates);
    }

    /// <summary>Whether a starling with this id is connected or held. Default: none is.</summary>
    public Func<string, bool> IsKnown { get; init; } = static _ => false;

    /// <summary>Issues a token.</summary>
    /// <param name="starlingId">The id of the starling.</param>
    /// <param name="subject">The user that the token is bound to; null when nobody is signed in.</param>
    /// <param name="states">The saved states by namespace.</param>
    /// <param name="options">Lifetime and custom claims. Default none.</param>
    /// <param name="othersLifetime">The time until the starling's earlier tokens expire, which refer to the same stored states.</param>
    /// <param name="owner">The user or address that states in memory count for; null when they count for the starling only.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="ArgumentException">A custom claim has a reserved name, or the claims are too large.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is out of range.</exception>
    /// <exception cref="HeliosException">There is not enough memory for the states: <c>RATE_QUOTA_EXCEEDED</c>.</exception>
    /// <exception cref="TimeoutException">The state store did not answer in time.</exception>
    public async ValueTask<RecoveryToken> IssueAsync(
        string starlingId, string? subject, IReadOnlyDictionary<string, JsonElement> states, TokenOptions? options, TimeSpan othersLifetime,
        object? owner, CancellationToken cancellationToken)
    {
        if (_isKeyRandom && Interlocked.Exchange(ref _warned, 1) == 0) _engine.Logger.NoConnectionKey();
        var expiresIn = options?.ExpiresIn ?? _lifetime;
        if (expiresIn < TokenOptions.MinExpiresIn || expiresIn > TokenOptions.MaxExpiresIn)
            throw new ArgumentOutOfRangeException(
                null, $"ExpiresIn is {expiresIn}; it must be between {TokenOptions.MinExpiresIn} and {TokenOptions.MaxExpiresIn}.");
        var draft = new TokenDraft(_engine, starlingId, subject, expiresIn, options?.CustomClaims);
        var token = _codec.Write(draft.Write(states));
        if (token.Length > TokenCodec.MaxLength)
        {
            var keep = expiresIn > othersLifetime ? expiresIn : othersLifetime;
            await KeepAsync(draft.StoreKey, TokenDraft.WriteStates(states), keep + s_skew, owner, cancellationToken).ConfigureAwait(false);
            token = _codec.Write(draft.Write(states: null));
        }
        if (token.Length > TokenCodec.MaxLength)
            throw new ArgumentException($"The custom claims are too large: a token travels in a URL and has at most {TokenCodec.MaxLength} characters. Keep them as a state.", nameof(options));
        return new RecoveryToken(token, expiresIn);
    }

    /// <summary>Reads and validates a token. An invalid token is a result and does not throw.</summary>
    /// <param name="token">The text that a client sent.</param>
    /// <param name="subject">The user of the client.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async ValueTask<TokenReading> ReadAsync(string token, string? subject, CancellationToken cancellationToken)
    {
        if (await _codec.ReadAsync(token).ConfigureAwait(false) is not { } claims) return Invalid;
        var reader = new ClaimReader(claims);
        return reader.IsUnicode ? await ReadAsync(reader, subject, cancellationToken).ConfigureAwait(false) : Invalid;
    }

    /// <summary>Revokes all tokens of a starling, and removes the stored states that they refer to.</summary>
    /// <param name="starlingId">The id of the starling.</param>
    /// <param name="lifetime">The time until its last token expires.</param>
    /// <param name="closing">The reason. Default the application closed the starling.</param>
    public async ValueTask RevokeAsync(string starlingId, TimeSpan lifetime, Closing closing = Closing.ByApplication)
    {
        try
        {
            if (_store is InMemoryStateStore memory) Close(memory, starlingId, lifetime + s_skew, closing);
            else await InTime(_store.SetAsync(ClosedKey(starlingId), "1"u8.ToArray(), lifetime + s_skew), default).ConfigureAwait(false);
            await InTime(_store.RemoveAsync(TokenDraft.StoreKeyOf(starlingId)), default).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _engine.Logger.StateStoreFailed(exception);
        }
    }

    private static TokenReading Invalid => new(null, new HeliosException(ErrorCodes.StateTokenInvalid, "The recovery token is not valid."));

    private static TokenReading Closed => Invalid with { IsClosedForGood = true };

    private static TokenReading Expired(DateTimeOffset expires) => new(null, new HeliosException(
        ErrorCodes.StateTokenExpired, "The recovery token has expired.",
        new Dictionary<string, long> { ["expiredAt"] = expires.ToUnixTimeMilliseconds() }));

    private void Close(InMemoryStateStore memory, string starlingId, TimeSpan timeToLive, Closing closing)
    {
        if (memory.Close(starlingId, timeToLive, closing) && Interlocked.Exchange(ref _warnedOfClosed, 1) == 0)
            _engine.Logger.TooManyClosed();
    }

    private async ValueTask<TokenReading?> FindClosedAsync(string starlingId, DateTimeOffset? issuedAt, CancellationToken cancellationToken)
    {
        if (_store is not InMemoryStateStore memory)
            return await InTime(_store.GetAsync(ClosedKey(starlingId), cancellationToken), cancellationToken).ConfigureAwait(false) is null
                ? null
                : Closed;
        if (memory.IsClosed(starlingId)) return Closed;
        // It is not known which tokens of that time belong to forgotten closed ids. A starling that is still present was not closed.
        return memory.GoodSince is { } since && !(issuedAt > since) && !IsKnown(starlingId) ? Expired(since) : null;
    }

    private static string ClosedKey(string starlingId) => $"closed:{starlingId}";

    private async ValueTask<TokenReading> ReadAsync(ClaimReader reader, string? subject, CancellationToken cancellationToken)
    {
        if (reader.Subject != subject || reader is not { StarlingId: { } id, Timestamp: { } timestamp, Expires: { } expires })
            return Invalid;
        var now = _engine.Time.GetUtcNow();
        if (reader.NotBefore > now + s_skew || reader.IssuedAt > now + s_skew) return Invalid;
        if (expires + s_skew <= now) return Expired(expires);
        if (await IsClosedAsync(id, reader.IssuedAt, cancellationToken).ConfigureAwait(false) is { } closed) return closed;
        var (states, refusal) = await ReadStatesAsync(reader, cancellationToken).ConfigureAwait(false);
        return refusal is null
            ? new TokenReading(new TokenContent(id, timestamp, states!, reader.Custom), null)
            : new TokenReading(null, refusal);
    }

    /// <summary>Checks whether a starling was closed for good.</summary>
    /// <param name="starlingId">The id of the starling.</param>
    /// <param name="issuedAt">The time when the presented token was issued; null when the token does not contain it.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The refusal of its tokens, also when the answer is unknown; null when they may be valid.</returns>
    public async ValueTask<TokenReading?> IsClosedAsync(string starlingId, DateTimeOffset? issuedAt, CancellationToken cancellationToken)
    {
        try
        {
            return await FindClosedAsync(starlingId, issuedAt, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreadable(exception);
        }
    }

    private async ValueTask<(IReadOnlyDictionary<string, JsonElement>? States, HeliosException? Refusal)> ReadStatesAsync(
        ClaimReader reader, CancellationToken cancellationToken)
    {
        try
        {
            if (reader.StatesRef is not { } key) return reader.States is { } inToken ? (inToken, null) : (null, Corrupted);
            if (await InTime(_store.GetAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false) is not { } kept)
                return (null, new HeliosException(ErrorCodes.StateNotFound, "The state that the token refers to is gone."));
            return ClaimReader.ReadStates(kept) is { } states ? (states, null) : (null, Corrupted);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Unreadable(exception).Refusal);
        }
    }

    private TokenReading Unreadable(Exception exception)
    {
        _engine.Logger.StateStoreFailed(exception);
        return new TokenReading(null, new HeliosException(ErrorCodes.StateRecoveryFailed, "The state could not be read."));
    }

    private async ValueTask KeepAsync(string key, byte[] states, TimeSpan timeToLive, object? owner, CancellationToken cancellationToken)
    {
        if (_store is InMemoryStateStore memory) memory.SetState(key, states, timeToLive, owner ?? key);
        else await InTime(_store.SetAsync(key, states, timeToLive, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    // A store that hangs must not block a recovery or a token forever.
    private ValueTask InTime(ValueTask call, CancellationToken cancellationToken) => call.IsCompletedSuccessfully
        ? call
        : new ValueTask(call.AsTask().WaitAsync(_engine.RequestTimeout, _engine.Time, cancellationToken));

    private ValueTask<T> InTime<T>(ValueTask<T> call, CancellationToken cancellationToken) => call.IsCompletedSuccessfully
        ? call
        : new ValueTask<T>(call.AsTask().WaitAsync(_engine.RequestTimeout, _engine.Time, cancellationToken));

    private static HeliosException Corrupted => new(ErrorCodes.StateCorrupted, "The state cannot be read.");
}
