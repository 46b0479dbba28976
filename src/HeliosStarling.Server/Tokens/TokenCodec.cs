using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling;

/// <summary>Signs, encrypts and authenticates: claims in, token out, and back. It does not look at what the claims say.</summary>
/// <remarks>
/// Safe to call concurrently. The algorithms are pinned (docs/protocol.md section 7): what a token's header says never chooses one.
/// </remarks>
internal sealed class TokenCodec
{
    // Tokens travel in a URL.
    public const int MaxLength = 4096;

    /// <summary>The key management of encrypted tokens: none, the key itself encrypts (RFC 7518 section 4.5).</summary>
    public const string DirectKey = "dir";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenKey _key;
    private readonly bool _isEncrypted;
    private readonly TokenValidationParameters _rules;

    /// <param name="keys">The first one signs and encrypts, all of them authenticate.</param>
    /// <param name="isEncrypted">Whether tokens are encrypted; the other kind is then refused.</param>
    public TokenCodec(IReadOnlyList<TokenKey> keys, bool isEncrypted)
    {
        (_key, _isEncrypted) = (keys[0], isEncrypted);
        _rules = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.Aes256CbcHmacSha512],
            IssuerSigningKeyResolver = (_, _, id, _) => keys.Where(key => key.Id == id).Select(key => key.Signing.Key),
            TokenDecryptionKeyResolver = (_, _, id, _) => keys.Where(key => key.Id == id).Select(key => key.Encryption.Key),
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = false,
            ValidateAudience = false,
            ValidateIssuer = false,
            // By our own clock, afterwards.
            ValidateLifetime = false,
        };
    }

    /// <param name="claims">A JSON object.</param>
    public string Write(string claims) => _isEncrypted
        ? _handler.CreateToken(claims, _key.Signing, _key.Encryption)
        : _handler.CreateToken(claims, _key.Signing);

    /// <summary>The claims of an authentic token; null for any other text.</summary>
    public async ValueTask<JsonElement?> ReadAsync(string token)
    {
        if (token.Length > MaxLength) return null;
        try
        {
            if (_handler.ReadToken(token) is not JsonWebToken outer || !HasOurForm(outer) || HasForeignKey(token)) return null;
            var result = await _handler.ValidateTokenAsync(token, _rules).ConfigureAwait(false);
            if (!result.IsValid || result.SecurityToken is not JsonWebToken valid) return null;
            var signed = _isEncrypted ? valid.InnerToken : valid;
            return signed is { Alg: SecurityAlgorithms.HmacSha256 } ? Parse(Base64UrlEncoder.DecodeBytes(signed.EncodedPayload)) : null;
        }
        catch (Exception)
        {
            // Whatever a stranger's text does to the library, it is no token.
            return null;
        }
    }

    // The library's list of algorithms alone lets a bare signed token and another key management pass.
    private bool HasOurForm(JsonWebToken outer) => _isEncrypted
        ? outer is { IsEncrypted: true, Alg: DirectKey, Enc: SecurityAlgorithms.Aes256CbcHmacSha512 }
        : outer is { IsEncrypted: false, Alg: SecurityAlgorithms.HmacSha256 };

    // With direct encryption the key's segment is empty (RFC 7516 section 5.2, step 10), which the library does not check.
    private bool HasForeignKey(string token) => _isEncrypted && !token.Contains("..", StringComparison.Ordinal);

    private static JsonElement? Parse(byte[] payload)
    {
        using var document = JsonDocument.Parse(payload);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
    }
}
