namespace HeliosStarling.Tokens;

public class RecoveryTokensTests
{
    private readonly TokenHarness _harness = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_WhatWasIssued_SaysTheSame(bool encrypt)
    {
        var tokens = _harness.Create(options => options.EncryptStates = encrypt);
        var token = await tokens.IssueAsync(
            TokenHarness.Id,
            "ada",
            TokenHarness.States(new { name = "Zoë 🦊", list = new[] { 1, 2 } }),
            new TokenOptions { CustomClaims = new Dictionary<string, object> { ["role"] = "admin" } },
            default,
            null,
            default);

        var (content, refusal) = await tokens.ReadAsync(token.Token, "ada", default);

        Assert.Null(refusal);
        Assert.Equal((TokenHarness.Id, _harness.Time.GetUtcNow()), (content!.StarlingId, content.Timestamp));
        Assert.Equal("Zoë 🦊", content.States["game"].GetProperty("name").GetString());
        Assert.Equal("admin", content.CustomClaims["role"].GetString());
        Assert.Equal(TimeSpan.FromHours(1), token.ExpiresIn);
    }
}
