using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HeliosStarling.Tokens;

/// <summary>Forged, stolen, expired and malformed tokens do not recover. None throws, and the answer has only a code.</summary>
public class TokenAttackTests
{
    private const string Invalid = "STATE_TOKEN_INVALID";

    private readonly TokenHarness _harness = new();

    private static void Plain(HeliosOptions options) => options.EncryptStates = false;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task BitFlip_InAnySegmentOfAnEncryptedToken_IsInvalid(int segment)
    {
        foreach (var broken in Flips(await _harness.IssueAsync(), segment)) Assert.Equal(Invalid, await _harness.ReadAsync(broken));
    }

    [Fact]
    public async Task EncryptedKey_WhereThereMustBeNone_IsInvalid()
    {
        var segments = (await _harness.IssueAsync()).Split('.');
        segments[1] = "AAAA";

        Assert.Equal(Invalid, await _harness.ReadAsync(string.Join('.', segments)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task BitFlip_InAnySegmentOfASignedToken_IsInvalid(int segment)
    {
        foreach (var broken in Flips(await _harness.IssueAsync(Plain), segment))
            Assert.Equal(Invalid, await _harness.ReadAsync(broken, Plain));
    }

    [Theory]
    [InlineData("none", true)]
    [InlineData("none", false)]
    [InlineData("None", false)]
    public async Task AlgNone_IsInvalid(string algorithm, bool keepsSignature)
    {
        var segments = (await _harness.IssueAsync(Plain)).Split('.');
        var forged = $"{Base64($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{segments[1]}.{(keepsSignature ? segments[2] : "")}";

        Assert.Equal(Invalid, await _harness.ReadAsync(forged, Plain));
        Assert.Equal(Invalid, await _harness.ReadAsync(forged));
    }

    [Theory]
    [InlineData(SecurityAlgorithms.HmacSha384)]
    [InlineData(SecurityAlgorithms.HmacSha512)]
    public async Task OtherAlgorithmWithTheRightKey_IsInvalid(string algorithm)
    {
        var key = new SymmetricSecurityKey(Pad(TokenHarness.Key)) { KeyId = KeyId(await _harness.IssueAsync(Plain)) };
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await _harness.IssueAsync(Plain)).Split('.')[1]));

        Assert.Equal(
            Invalid,
            await _harness.ReadAsync(new JsonWebTokenHandler().CreateToken(claims, new SigningCredentials(key, algorithm)), Plain));
    }

    [Fact]
    public async Task HeaderThatNamesAnotherAlgorithm_IsInvalid()
    {
        var segments = (await _harness.IssueAsync(Plain)).Split('.');
        segments[0] = Base64("""{"alg":"RS256","typ":"JWT"}""");

        Assert.Equal(Invalid, await _harness.ReadAsync(string.Join('.', segments), Plain));
    }

    [Fact]
    public async Task BareSignedToken_WhereAnEncryptedOneIsDue_IsInvalid() =>
        Assert.Equal(Invalid, await _harness.ReadAsync(await _harness.IssueAsync(Plain)));

    [Fact]
    public async Task EncryptedToken_WhereASignedOneIsDue_IsInvalid() =>
        Assert.Equal(Invalid, await _harness.ReadAsync(await _harness.IssueAsync(), Plain));

    [Fact]
    public async Task EncryptedWithoutSignatureInside_IsInvalid()
    {
        var key = new TokenKey(TokenHarness.Key);
        var claims = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((await _harness.IssueAsync(Plain)).Split('.')[1]));

        Assert.Equal(Invalid, await _harness.ReadAsync(new JsonWebTokenHandler().CreateToken(claims, key.Encryption)));
    }

    [Fact]
    public async Task OtherKeyManagement_A256KW_IsInvalid()
    {
        var key = new TokenKey(TokenHarness.Key);
        var wrapping = new EncryptingCredentials(
            new SymmetricSecurityKey(SHA256.HashData(key.Encryption.Key is SymmetricSecurityKey { Key: var bytes } ? bytes : []))
            {
                KeyId = key.Id,
            },
            SecurityAlgorithms.Aes256KW,
            SecurityAlgorithms.Aes256CbcHmacSha512);

        Assert.Equal(
            Invalid, await _harness.ReadAsync(new JsonWebTokenHandler().CreateToken("""{"starlingId":"x"}""", key.Signing, wrapping)));
    }

    [Fact]
    public async Task OtherContentEncryption_IsInvalid()
    {
        var key = new TokenKey(TokenHarness.Key);
        var half = ((SymmetricSecurityKey)key.Encryption.Key).Key[..32];
        var other =
            new EncryptingCredentials(new SymmetricSecurityKey(half) { KeyId = key.Id }, "dir", SecurityAlgorithms.Aes128CbcHmacSha256);

        Assert.Equal(
            Invalid, await _harness.ReadAsync(new JsonWebTokenHandler().CreateToken("""{"starlingId":"x"}""", key.Signing, other)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongKey_IsInvalid(bool encrypt)
    {
        var token = await _harness.IssueAsync(
            options => (options.EncryptStates, options.ConnectionKey) = (encrypt, "another key of at least thirty-two bytes"));

        Assert.Equal(Invalid, await _harness.ReadAsync(token, options => options.EncryptStates = encrypt));
    }

    [Fact]
    public async Task Rotation_OldKeyIsGoodWhileItIsListed()
    {
        const string next = "another key of at least thirty-two bytes";
        var old = await _harness.IssueAsync();

        Assert.Null(await _harness.ReadAsync(old, options =>
        {
            options.ConnectionKey = next;
            options.ConnectionKeys.Add(TokenHarness.Key);
        }));
        Assert.Equal(Invalid, await _harness.ReadAsync(old, options => options.ConnectionKey = next));
    }

    [Theory]
    [InlineData(3600 + 4, null)]
    [InlineData(3600 + 5, "STATE_TOKEN_EXPIRED")]
    public async Task Expired_BeyondTheSlack_IsExpired(int seconds, string? code)
    {
        var token = await _harness.IssueAsync();

        _harness.Time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(code, await _harness.ReadAsync(token));
    }

    [Theory]
    [InlineData("nbf", 5, null)]
    [InlineData("nbf", 6, Invalid)]
    [InlineData("iat", 6, Invalid)]
    public async Task NotYetValid_BeyondTheSlack_IsInvalid(string claim, int seconds, string? code)
    {
        var now = _harness.Time.GetUtcNow();
        var claims = $$"""{"starlingId":"x","timestamp":{{now.ToUnixTimeMilliseconds()}},"states":{},"exp":{{now.AddHours(1).ToUnixTimeSeconds()}},"{{claim}}":{{now.AddSeconds(seconds).ToUnixTimeSeconds()}}}""";

        Assert.Equal(code, await _harness.ReadAsync(Sign(claims)));
    }

    [Theory]
    [InlineData("ada", "bob")]
    [InlineData("ada", null)]
    [InlineData(null, "ada")]
    public async Task OfAnotherUser_IsInvalid(string? owner, string? thief) =>
        Assert.Equal(Invalid, await _harness.ReadAsync(await _harness.IssueAsync(subject: owner), subject: thief));

    [Fact]
    public async Task ReplayedAfterItsStarlingWasClosedForGood_IsInvalid()
    {
        var token = await _harness.IssueAsync();

        await _harness.Create().RevokeAsync(TokenHarness.Id, TimeSpan.FromHours(1));

        Assert.Equal(Invalid, await _harness.ReadAsync(token));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("....")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("e30.e30.e30")]
    [InlineData("null")]
    [InlineData("😀.😀.😀")]
    public async Task Garbage_IsInvalid(string token) => Assert.Equal(Invalid, await _harness.ReadAsync(token));

    [Theory]
    [InlineData(4097, 'a')]
    [InlineData(1_000_000, '.')]
    public async Task Oversized_IsInvalid(int length, char with) =>
        Assert.Equal(Invalid, await _harness.ReadAsync(new string(with, length)));

    [Theory]
    [InlineData("""{"timestamp":1,"states":{},"exp":1999999999}""", Invalid)]
    [InlineData("""{"starlingId":"","timestamp":1,"states":{},"exp":1999999999}""", Invalid)]
    [InlineData("""{"starlingId":7,"timestamp":1,"states":{},"exp":1999999999}""", Invalid)]
    [InlineData("""{"starlingId":"x","timestamp":1,"states":{}}""", Invalid)]
    [InlineData("""{"starlingId":"x","timestamp":1,"states":{},"exp":"soon"}""", Invalid)]
    [InlineData("""{"starlingId":"x","timestamp":1,"states":{},"exp":99999999999999999}""", Invalid)]
    [InlineData("""{"starlingId":"x","timestamp":1,"states":[],"exp":1999999999}""", "STATE_CORRUPTED")]
    [InlineData("""{"starlingId":"x","timestamp":1,"statesRef":"states:gone","exp":1999999999}""", "STATE_NOT_FOUND")]
    public async Task AuthenticTokenOfOtherContent_IsRefused(string claims, string code) =>
        Assert.Equal(code, await _harness.ReadAsync(Sign(claims)));

    [Theory]
    [InlineData("starlingId")]
    [InlineData("states")]
    [InlineData("statesRef")]
    [InlineData("timestamp")]
    [InlineData("exp")]
    [InlineData("sub")]
    public async Task CustomClaim_OfTheTokensOwnName_IsRefusedWhenMade(string name)
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(
            () => _harness.IssueAsync(options: new TokenOptions { CustomClaims = new Dictionary<string, object> { [name] = "other" } }));

        Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeStates_AreKeptInTheStore_TheTokenStaysSmall()
    {
        foreach (var size in new[] { 0, 1000, 2000, 2500, 3000, 100_000 })
        {
            var token = await _harness.IssueAsync(state: new string('x', size));

            Assert.InRange(token.Length, 1, 4096);
            var (content, _) = await _harness.Create().ReadAsync(token, null, default);
            Assert.Equal(size, content!.States["game"].GetString()!.Length);
        }
    }

    [Fact]
    public async Task LargeStates_OfManyTokens_AreKeptOnce()
    {
        var tokens = new List<string>();
        for (var i = 0; i < 1000; i++) tokens.Add(await _harness.IssueAsync(state: new string((char)('a' + (i % 26)), 5000)));

        Assert.Equal(1, ((InMemoryStateStore)_harness.Store).Count);
        var (content, _) = await _harness.Create().ReadAsync(tokens[0], null, default);
        Assert.Equal(new string((char)('a' + (999 % 26)), 5000), content!.States["game"].GetString());
    }

    [Fact]
    public async Task LargeStates_OfAShorterToken_LiveAsLongAsTheOthers()
    {
        var tokens = _harness.Create();
        var states = TokenHarness.States(new string('x', 5000));
        var token = await tokens.IssueAsync(
            TokenHarness.Id, null, states, new TokenOptions { ExpiresIn = TimeSpan.FromHours(2) }, default, null, default);
        await tokens.IssueAsync(
            TokenHarness.Id, null, states, new TokenOptions { ExpiresIn = TimeSpan.FromMinutes(1) }, TimeSpan.FromHours(2), null, default);

        _harness.Time.Advance(TimeSpan.FromMinutes(119));

        Assert.NotNull((await tokens.ReadAsync(token.Token, null, default)).Content);
        _harness.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await CountAsync());

        async Task<int> CountAsync()
        {
            // Each operation removes expired entries.
            await _harness.Store.GetAsync("any");
            return ((InMemoryStateStore)_harness.Store).Count;
        }
    }

    [Fact]
    public async Task StoreThatFails_RefusesTheRecovery_AndHidesWhy()
    {
        var token = await _harness.IssueAsync();

        var (content, refusal) = await _harness.Create(store: new BrokenStore()).ReadAsync(token, null, default);

        Assert.Null(content);
        Assert.Equal(("STATE_RECOVERY_FAILED", "The state could not be read."), (refusal!.Code, refusal.Message));
    }

    [Fact]
    public async Task AnyMutation_NeverReadsAsValid_NeverThrows()
    {
        var token = await _harness.IssueAsync();
        await Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char.AlphaNumeric, Gen.Int[0, 3]).SampleAsync(async (at, with, how) =>
        {
            var mutated = how switch
            {
                0 => token[..at],
                1 => token.Insert(at, with.ToString()),
                2 => token.Remove(at, 1),
                _ => token[..at] + with + token[(at + 1)..],
            };
            // The last character of a segment holds unused bits (RFC 4648 section 3.5).
            if (mutated == token || SameBytes(mutated, token)) return;
            Assert.Equal(Invalid, await _harness.ReadAsync(mutated));
        }, iter: 2000);
    }

    private static bool SameBytes(string one, string other)
    {
        var (left, right) = (one.Split('.'), other.Split('.'));
        return left.Length == right.Length && left.Zip(right).All(pair =>
            Base64Url.IsValid(pair.First)
                && Base64Url.DecodeFromChars(pair.First).AsSpan().SequenceEqual(Base64Url.DecodeFromChars(pair.Second)));
    }

    private static IEnumerable<string> Flips(string token, int segment)
    {
        var segments = token.Split('.');
        var bytes = Base64Url.DecodeFromChars(segments[segment]);
        for (var bit = 0; bit < bytes.Length * 8; bit += Math.Max(1, bytes.Length / 8))
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var broken = (string[])segments.Clone();
            broken[segment] = Base64Url.EncodeToString(flipped);
            yield return string.Join('.', broken);
        }
    }

    private static string Sign(string claims)
    {
        var key = new TokenKey(TokenHarness.Key);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(claims, key.Signing, key.Encryption);
    }

    private static string KeyId(string token) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[0])).GetProperty("kid").GetString()!;

    // The smallest key of these algorithms, which is longer than ours.
    private static byte[] Pad(string key) => [.. Encoding.UTF8.GetBytes(key), .. new byte[32]];

    private static string Base64(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private sealed class BrokenStore : IStateStore
    {
        public ValueTask SetAsync(
            string key,
            ReadOnlyMemory<byte> value,
            TimeSpan timeToLive,
            CancellationToken cancellationToken = default) => throw new IOException("no disk");

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken = default) =>
            throw new IOException("no disk");

        public ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => throw new IOException("no disk");
    }
}
