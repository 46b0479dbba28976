using System.Security.Cryptography;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Makes recovery tokens and decides which are good (PROTOCOL.md section 7, "Token").</summary>
/// <remarks>Safe to call concurrently.</remarks>
internal sealed class RecoveryTokens
{
    // The most that clocks may differ.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly TokenCodec _codec;
    private readonly IStateStore _store;
    private readonly Engine _engine;
    private readonly TimeSpan _lifetime;
    private readonly bool _isKeyRandom;
    private int _warned;

    public RecoveryTokens(HeliosOptions options, IStateStore store, Engine engine)
    {
        (_store, _engine, _lifetime) = (store, engine, options.StateTokenTtl);
        List<ConnectionKey> keys = [.. options.ConnectionKeys];
        if (options.ConnectionKey is { } first) keys.Insert(0, first);
        _isKeyRandom = keys.Count == 0;
        if (_isKeyRandom) keys.Add(RandomNumberGenerator.GetBytes(ConnectionKey.MinLength));
        _codec = new TokenCodec([.. keys.Select(key => new TokenKey(key))], options.EncryptStates);
    }

    /// <summary>Makes a token.</summary>
    /// <param name="starlingId">Whose it is.</param>
    /// <param name="subject">Whom it is bound to; null when nobody is signed in.</param>
    /// <param name="states">Namespace to saved state.</param>
    /// <param name="options">Lifetime and further claims. Default none.</param>
    /// <param name="othersLive">How long its earlier tokens are good, which refer to the same states.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A custom claim has a name of the token's own, or they are too large.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is out of its range.</exception>
    public async ValueTask<RecoveryToken> IssueAsync(
        string starlingId, string? subject, IReadOnlyDictionary<string, JsonElement> states, TokenOptions? options, TimeSpan othersLive, CancellationToken cancellationToken)
    {
        if (_isKeyRandom && Interlocked.Exchange(ref _warned, 1) == 0) _engine.Logger.NoConnectionKey();
        var expiresIn = options?.ExpiresIn ?? _lifetime;
        if (expiresIn < TokenOptions.MinExpiresIn || expiresIn > TokenOptions.MaxExpiresIn)
            throw new ArgumentOutOfRangeException(nameof(options), expiresIn, $"ExpiresIn must be between {TokenOptions.MinExpiresIn} and {TokenOptions.MaxExpiresIn}.");
        var draft = new TokenDraft(_engine, starlingId, subject, expiresIn, options?.CustomClaims);
        var token = _codec.Write(draft.Write(states));
        if (token.Length > TokenCodec.MaxLength)
        {
            var keep = expiresIn > othersLive ? expiresIn : othersLive;
            await _store.SetAsync(draft.StoreKey, TokenDraft.WriteStates(states), keep + Slack, cancellationToken).ConfigureAwait(false);
            token = _codec.Write(draft.Write(states: null));
        }
        if (token.Length > TokenCodec.MaxLength)
            throw new ArgumentException($"The custom claims are too large: a token travels in a URL and has at most {TokenCodec.MaxLength} characters. Keep them as a state.", nameof(options));
        return new RecoveryToken(token, expiresIn);
    }

    /// <summary>Reads a token; any text is an answer, never an exception.</summary>
    /// <param name="token">What a client sent.</param>
    /// <param name="subject">Who it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<TokenReading> ReadAsync(string token, string? subject, CancellationToken cancellationToken)
    {
        if (await _codec.ReadAsync(token).ConfigureAwait(false) is not { } claims) return Invalid;
        var reader = new ClaimReader(claims);
        if (reader.Subject != subject || reader is not { StarlingId: { } id, Timestamp: { } timestamp, Expires: { } expires }) return Invalid;
        var now = _engine.Time.GetUtcNow();
        if (reader.NotBefore > now + Slack || reader.IssuedAt > now + Slack) return Invalid;
        if (expires + Slack <= now) return Expired(expires);
        try
        {
            if (await _store.GetAsync(ClosedKey(id), cancellationToken).ConfigureAwait(false) is not null) return Invalid;
            var (states, refusal) = await ReadStatesAsync(reader, cancellationToken).ConfigureAwait(false);
            return refusal is null ? new TokenReading(new TokenContent(id, timestamp, states!, reader.Custom), null) : new TokenReading(null, refusal);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _engine.Logger.StateStoreFailed(exception);
            return new TokenReading(null, new HeliosException(ErrorCodes.StateRecoveryFailed, "The state could not be read."));
        }
    }

    /// <summary>Makes all tokens of a starling bad.</summary>
    /// <param name="starlingId">Whose.</param>
    /// <param name="lifetime">How long the last of them is good.</param>
    public async ValueTask RevokeAsync(string starlingId, TimeSpan lifetime)
    {
        try
        {
            await _store.SetAsync(ClosedKey(starlingId), "1"u8.ToArray(), lifetime + Slack).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _engine.Logger.StateStoreFailed(exception);
        }
    }

    private static TokenReading Invalid => new(null, new HeliosException(ErrorCodes.StateTokenInvalid, "The recovery token is not valid."));

    private static TokenReading Expired(DateTimeOffset expires) => new(null, new HeliosException(
        ErrorCodes.StateTokenExpired, "The recovery token has expired.", new Dictionary<string, long> { ["expiredAt"] = expires.ToUnixTimeMilliseconds() }));

    private static string ClosedKey(string starlingId) => $"closed:{starlingId}";

    private async ValueTask<(IReadOnlyDictionary<string, JsonElement>? States, HeliosException? Refusal)> ReadStatesAsync(
        ClaimReader reader, CancellationToken cancellationToken)
    {
        if (reader.StatesRef is not { } key) return reader.States is { } inToken ? (inToken, null) : (null, Corrupted);
        if (await _store.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } kept)
            return (null, new HeliosException(ErrorCodes.StateNotFound, "The state that the token refers to is gone."));
        return ClaimReader.ReadStates(kept) is { } states ? (states, null) : (null, Corrupted);
    }

    private static HeliosException Corrupted => new(ErrorCodes.StateCorrupted, "The state cannot be read.");
}
