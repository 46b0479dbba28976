using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling;

/// <summary>Signs and encrypts claims into a token, and authenticates tokens. It does not interpret the claims.</summary>
/// <remarks>
/// Safe to call concurrently. The algorithms are fixed (docs/protocol.md section 7): the header of a token never selects one.
/// </remarks>
internal sealed class TokenCodec
{
    // Tokens are sent in a URL.
    public const int MaxLength = 4096;

    /// <summary>The key management of encrypted tokens: the key encrypts directly (RFC 7518 section 4.5).</summary>
    public const string DirectKey = "dir";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenKey _key;
    private readonly bool _isEncrypted;
    private readonly TokenValidationParameters _rules;

    /// <param name="keys">The first key signs and encrypts. All keys authenticate.</param>
    /// <param name="isEncrypted">Whether tokens are encrypted. Tokens of the other kind are refused.</param>
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
            // The lifetime is validated later with our own clock.
            ValidateLifetime = false,
        };
    }

    /// <param name="claims">The claims as a JSON object.</param>
    public string Write(string claims) => _isEncrypted
        ? _handler.CreateToken(claims, _key.Signing, _key.Encryption)
        : _handler.CreateToken(claims, _key.Signing);

    /// <summary>Reads the claims of an authentic token; null for any other text.</summary>
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
            // The library may throw any exception for a malicious text. Such a text is not a token.
            return null;
        }
    }

    // The list of algorithms is not enough: it also allows a token that is only signed, and another key management.
    private bool HasOurForm(JsonWebToken outer) => _isEncrypted
        ? outer is { IsEncrypted: true, Alg: DirectKey, Enc: SecurityAlgorithms.Aes256CbcHmacSha512 }
        : outer is { IsEncrypted: false, Alg: SecurityAlgorithms.HmacSha256 };

    // With direct encryption the key segment is empty (RFC 7516 section 5.2, step 10). The library does not check that.
    private bool HasForeignKey(string token) => _isEncrypted && !token.Contains("..", StringComparison.Ordinal);

    private static JsonElement? Parse(byte[] payload)
    {
        using var document = JsonDocument.Parse(payload);
        return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
    }
}
