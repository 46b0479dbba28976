namespace HeliosStarling.Upgrades;

/// <summary>RFC 6455 section 4.2.1 and RFC 8441 section 5: which requests are handshakes.</summary>
public class HandshakeTests
{
    // RFC 6455 1.3: the sample's key and answer.
    [Fact]
    public void Handshake_SampleOfTheStandard_HasItsAcceptKey() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Accept(Request.Read(Request.Sample)).AcceptKey);

    // RFC 6455 4.2.1, 3 and 4: tokens in lists, in any case.
    [Theory]
    [InlineData("Connection", "keep-alive, Upgrade")]
    [InlineData("Connection", "uPGRADE")]
    [InlineData("Connection", "Upgrade,keep-alive")]
    [InlineData("Upgrade", "WebSocket")]
    [InlineData("Upgrade", "h2c, websocket")]
    public void Handshake_TokenInAList_IsAccepted(string name, string value) =>
        Assert.NotNull(Accept(Request.SampleWith(name, value)).AcceptKey);

    [Theory]
    [InlineData("Connection", null)]
    [InlineData("Connection", "keep-alive")]
    [InlineData("Connection", "NoUpgrade")]
    [InlineData("Upgrade", null)]
    [InlineData("Upgrade", "h2c")]
    [InlineData("Upgrade", "websocket2")]
    public void Handshake_NoUpgradeToWebSocket_IsRefusedWith400(string name, string? value) =>
        AssertRefused(400, Request.SampleWith(name, value));

    // RFC 6455 4.2.1, 1: a GET.
    [Theory]
    [InlineData("POST")]
    [InlineData("get")]
    [InlineData("CONNECT")]
    public void Handshake_AnotherMethod_IsRefusedWith400(string method)
    {
        var sample = Request.Read(Request.Sample.Replace("GET", method, StringComparison.Ordinal));

        AssertRefused(400, sample);
    }

    // RFC 6455 4.2.1, 5 and 11.3.1: one key of 16 bytes in base64.
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ")]
    [InlineData("dGhlIHNhbXBsZSBub25j")]
    [InlineData("dGhlIHNhbXBsZSBub25jZWU=")]
    [InlineData("dGhlIHNhbXBsZSBub25j####")]
    [InlineData("dGhl IHNhbXBsZSBub25jZQ==")]
    [InlineData("dGhlIHNhbXBsZSBub2   ZQ==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==")]
    public void Handshake_KeyNot16BytesInBase64_IsRefusedWith400(string? key) =>
        AssertRefused(400, Request.SampleWith("Sec-WebSocket-Key", key));

    // RFC 6455 4.2.1, 6, and 4.4
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("14")]
    [InlineData("13, 13")]
    public void Handshake_AnotherVersion_IsRefusedWith426AndTheVersionSpokenHere(string? version)
    {
        var refusal = Refuse(Request.SampleWith("Sec-WebSocket-Version", version));

        Assert.Equal(426, refusal.Status);
        Assert.Contains(("Sec-WebSocket-Version", "13"), refusal.Headers);
    }

    // RFC 8441 5: no Connection, Upgrade and key on HTTP/2.
    [Fact]
    public void Handshake_Http2Connect_IsAcceptedWithoutKey() =>
        Assert.Null(Accept(new Http2Connect("13", "helios-starling")).AcceptKey);

    [Fact]
    public void Handshake_Http2Connect_SelectsTheSubprotocol() =>
        Assert.Equal("helios-starling", Accept(new Http2Connect("13", "helios-starling")).Subprotocol);

    // Upgrade may not stand in an answer on HTTP/2 (RFC 9113 section 8.2.2).
    [Fact]
    public void Handshake_Http2ConnectOfAnotherVersion_IsRefusedWithoutUpgradeHeader()
    {
        var refusal = Refuse(new Http2Connect("12", null));

        Assert.Contains(("Sec-WebSocket-Version", "13"), refusal.Headers);
        Assert.DoesNotContain(refusal.Headers, header => header.Name == "Upgrade");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("chat, superchat", null)]
    [InlineData("helios-starling", "helios-starling")]
    [InlineData("chat,helios-starling", "helios-starling")]
    [InlineData("helios-starling, helios.recover.abc", "helios-starling")]
    [InlineData("helios.recover.abc", null)]
    [InlineData("Helios-Starling", null)]
    public void Subprotocol_Offered_IsSelectedIfSpoken(string? offered, string? selected) =>
        Assert.Equal(selected, Accept(Request.SampleWith("Sec-WebSocket-Protocol", offered)).Subprotocol);

    [Theory]
    [InlineData("helios-starling", null)]
    [InlineData("helios-starling, helios.recover.a.b-c_d", "a.b-c_d")]
    [InlineData("helios.recover.a\t,helios-starling", "a")]
    [InlineData("helios.recover.a, helios.recover.b", "a")]
    [InlineData("helios.recover.", "")]
    public void RecoveryToken_OfferedAsSubprotocol_IsTaken(string offered, string? token) =>
        Assert.Equal(token, UpgradeRules.TakeToken(offered).Token);

    private static UpgradeAcceptance Accept(IUpgradeRequest request)
    {
        Assert.Null(UpgradeRules.CheckHandshake(request, out var acceptance));
        return acceptance!;
    }

    private static Refusal Refuse(IUpgradeRequest request)
    {
        var refusal = UpgradeRules.CheckHandshake(request, out var acceptance);
        Assert.Null(acceptance);
        return refusal!;
    }

    private static void AssertRefused(int status, IUpgradeRequest request) => Assert.Equal(status, Refuse(request).Status);

    private sealed class Http2Connect(string version, string? subprotocols) : IUpgradeRequest
    {
        public string Method => "CONNECT";

        public bool IsHttp2Connect => true;

        public string? GetHeader(string name) => name switch
        {
            "Sec-WebSocket-Version" => version,
            "Sec-WebSocket-Protocol" => subprotocols,
            _ => null,
        };
    }
}
