using Microsoft.Extensions.Logging;

namespace HeliosStarling.Wire;

/// <summary>docs/protocol.md section 1: the pages that may connect.</summary>
public abstract partial class WireContract
{
    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://localhost:1")]
    public async Task Upgrade_FromForeignOrigin_Is403AndSoIsPlainGet(string origin)
    {
        await using var server = await StartAsync();

        var refused = await server.AskAsync(UpgradeRequest.Valid.With("Origin", origin));
        var told = await server.AskAsync(UpgradeRequest.PlainGet.With("Origin", origin));

        var why = $$$"""{"error":{"code":"CONNECTION_REJECTED","message":"Pages of origin \u0027{{{origin}}}\u0027 may not connect to host \u0027{{{server.Host}}}\u0027. If the page is yours, add \u0027{{{origin}}}\u0027 to AllowedOrigins. If a proxy in front changes the Host header, let it pass the client\u0027s on."}}""";
        AssertRefused(refused, 403, why);
        AssertRefused(told, 403, why);
    }

    // The page that asks for the reason is of another origin, and its browser reads only what the server allows.
    [Fact]
    public async Task Refusal_OfAnyKind_CanBeReadByPagesOfOtherOrigins()
    {
        await using var server = await StartAsync(
            helios => helios.UseUpgrade((context, _) =>
            {
                context.Refuse(401, "AUTH_REQUIRED", "Sign in first.");
                return default;
            }),
            options => options.MaxConnections = 1);

        foreach (var reply in new[]
        {
            await server.AskAsync(UpgradeRequest.Valid),
            await server.AskAsync(UpgradeRequest.PlainGet),
            await server.AskAsync(UpgradeRequest.Valid.With("Origin", "https://evil.example")),
            await server.AskAsync(UpgradeRequest.PlainGet.With("Origin", "https://evil.example")),
        })
        {
            Assert.Equal(
                ("*", "Retry-After"), (reply.Headers["Access-Control-Allow-Origin"], reply.Headers["Access-Control-Expose-Headers"]));
        }
    }

    [Fact]
    public async Task Upgrade_FromForeignOrigin_IsLoggedAsWarningWithTheOptionToSet()
    {
        await using var server = await StartAsync();

        await server.AskAsync(UpgradeRequest.Valid.With("Origin", "https://app.example"));

        var warning = Assert.Single(
            server.Log.Entries,
            entry => entry is { Level: LogLevel.Warning } && entry.Text.StartsWith("An upgrade", StringComparison.Ordinal));
        Assert.StartsWith($"An upgrade was refused: Pages of origin 'https://app.example' may not connect to host '{server.Host}'. If the page is yours, add 'https://app.example' to AllowedOrigins.", warning.Text);
    }

    [Fact]
    public async Task Upgrades_FromManyForeignOrigins_AreLoggedTenTimesAMinute()
    {
        await using var server = await StartAsync();

        for (var i = 0; i < 13; i++) await server.AskAsync(UpgradeRequest.Valid.With("Origin", $"https://{i}.example"));
        server.Time.Advance(TimeSpan.FromSeconds(6));
        await server.AskAsync(UpgradeRequest.Valid.With("Origin", "https://last.example"));

        var warnings = server.Log.Entries
            .Where(entry => entry.Text.StartsWith("An upgrade was refused: Pages", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(11, warnings.Length);
        Assert.EndsWith("(Warnings not logged since the last one: 3.)", warnings[^1].Text);
    }

    [Fact]
    public async Task Upgrade_WhoseOriginIsLongAndOdd_IsLoggedCleanedAndCut()
    {
        await using var server = await StartAsync();

        await server.AskAsync(UpgradeRequest.Valid.With("Origin", "a\tb" + new string('c', 1000)));

        var warning = Assert.Single(
            server.Log.Entries,
            entry => entry is { Level: LogLevel.Warning } && entry.Text.StartsWith("An upgrade", StringComparison.Ordinal));
        Assert.Contains($"origin 'a?b{new string('c', 253)}' may", warning.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://app.example.com", 101)]
    [InlineData("https://a.b.example.com", 101)]
    [InlineData("https://example.com", 403)]
    [InlineData("http://app.example.com", 403)]
    public async Task Upgrade_FromAnySubdomainThatIsAllowed_Opens(string origin, int status)
    {
        await using var server = await StartAsync(configure: options => options.AllowedOrigins.Add("https://*.example.com"));

        Assert.Equal(status, (await server.AskAsync(UpgradeRequest.Valid.With("Origin", origin))).Status);
    }

    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("null")]
    public async Task Upgrade_FromAllowedOrigin_Opens(string origin)
    {
        await using var server = await StartAsync(
            configure: options => options.AllowedOrigins.AddRange(["https://app.example.com", "null"]));

        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("Origin", origin));

        await client.ExpectAliveAsync();
    }

    [Fact]
    public async Task Upgrade_FromPageOfTheSameHost_Opens()
    {
        await using var server = await StartAsync();

        await using var client = await server.ConnectAsync(UpgradeRequest.Valid.With("Origin", $"http://{server.Host}"));

        await client.ExpectAliveAsync();
    }
}
