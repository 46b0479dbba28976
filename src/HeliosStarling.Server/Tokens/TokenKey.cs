using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling;

/// <summary>The keys derived from one connection key.</summary>
internal sealed class TokenKey
{
    private const int EncryptionKeyLength = 64;
    private const int IdLength = 6;

    public TokenKey(ConnectionKey key)
    {
        Id = Base64Url.EncodeToString(Derive(key, IdLength, "helios-starling key id"u8));
        Signing = new SigningCredentials(new SymmetricSecurityKey(key.Bytes.ToArray()) { KeyId = Id }, SecurityAlgorithms.HmacSha256);
        Encryption = new EncryptingCredentials(
            new SymmetricSecurityKey(Derive(key, EncryptionKeyLength, "helios-starling state encryption"u8)) { KeyId = Id },
            TokenCodec.DirectKey,
            SecurityAlgorithms.Aes256CbcHmacSha512);
    }

    /// <summary>The key id in tokens. It reveals nothing about the key.</summary>
    public string Id { get; }

    public SigningCredentials Signing { get; }

    public EncryptingCredentials Encryption { get; }

    private static byte[] Derive(ConnectionKey key, int length, ReadOnlySpan<byte> label)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, derived, salt: [], label);
        return derived;
    }
}
