using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>A value out of its range stops the start with a message that says how to correct it.</summary>
public sealed class BadOptionsTests
{
    private const string OriginRule =
        "each must be a scheme, a host and, unless it is the default, a port, such as 'https://app.example.com' or 'https://*.example.com', or '*' for all.";

    private const string HostRule =
        "each must be a host and, unless any is meant, a port, such as 'app.example.com' or '*.example.com:8443', or '*' for all.";

    private static readonly Dictionary<string, (Action<HeliosOptions> Set, string Message)> s_bad = new()
    {
        ["DisconnectionTtl low"] = (options => options.DisconnectionTtl = TimeSpan.FromMilliseconds(999),
            "DisconnectionTtl is 00:00:00.9990000; it must be between 00:00:01 and 1.00:00:00."),
        ["DisconnectionTtl high"] = (options => options.DisconnectionTtl = TimeSpan.FromHours(25),
            "DisconnectionTtl is 1.01:00:00; it must be between 00:00:01 and 1.00:00:00."),
        ["MaxConnections low"] = (options => options.MaxConnections = 0,
            "MaxConnections is 0; it must be between 1 and 1000000."),
        ["MaxConnections high"] = (options => options.MaxConnections = 1_000_001,
            "MaxConnections is 1000001; it must be between 1 and 1000000."),
        ["MaxConnectionsPerAddress low"] = (options => options.MaxConnectionsPerAddress = 0,
            "MaxConnectionsPerAddress is 0; it must be between 1 and 1000000."),
        ["MaxConnectionsPerAddress high"] = (options => options.MaxConnectionsPerAddress = 1_000_001,
            "MaxConnectionsPerAddress is 1000001; it must be between 1 and 1000000."),
        ["ConnectionTimeout low"] = (options => options.ConnectionTimeout = TimeSpan.Zero,
            "ConnectionTimeout is 00:00:00; it must be between 00:00:00.1000000 and 00:05:00."),
        ["ConnectionTimeout high"] = (options => options.ConnectionTimeout = TimeSpan.FromMinutes(6),
            "ConnectionTimeout is 00:06:00; it must be between 00:00:00.1000000 and 00:05:00."),
        ["ConnectionTimeout infinite"] = (options => options.ConnectionTimeout = Timeout.InfiniteTimeSpan,
            "ConnectionTimeout is -00:00:00.0010000; it must be between 00:00:00.1000000 and 00:05:00."),
        ["ShutdownTimeout low"] = (options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(999),
            "ShutdownTimeout is 00:00:00.9990000; it must be between 00:00:01 and 00:05:00."),
        ["ShutdownTimeout high"] = (options => options.ShutdownTimeout = TimeSpan.FromMinutes(6),
            "ShutdownTimeout is 00:06:00; it must be between 00:00:01 and 00:05:00."),
        ["MaxMessageSize low"] = (options => options.MaxMessageSize = 1023,
            "MaxMessageSize is 1023; it must be between 1024 and 67108864."),
        ["MaxMessageSize high"] = (options =>
            (options.MaxMessageSize, options.MessageBufferBytes, options.MaxRequestBytesPerStarling) = (67_108_865, 1L << 31, 1L << 31),
            "MaxMessageSize is 67108865; it must be between 1024 and 67108864."),
        ["MessageBufferSize low"] = (options => options.MessageBufferSize = 63,
            "MessageBufferSize is 63; it must be between 64 and 1000000."),
        ["MessageBufferSize high"] = (options => options.MessageBufferSize = 1_000_001,
            "MessageBufferSize is 1000001; it must be between 64 and 1000000."),
        ["MessageBufferBytes high"] = (options => options.MessageBufferBytes = (1L << 31) + 1,
            "MessageBufferBytes is 2147483649; it must be between 2048 and 2147483648."),
        ["MessageBufferBytes too low for its messages"] = (options => options.MessageBufferBytes = 2_000_000,
            "MessageBufferBytes is 2000000; it must be at least twice MaxMessageSize, which is 1048576."),
        ["RequestTimeout low"] = (options => options.RequestTimeout = TimeSpan.Zero,
            "RequestTimeout is 00:00:00; it must be between 00:00:00.0010000 and 1.00:00:00."),
        ["RequestTimeout high"] = (options => options.RequestTimeout = TimeSpan.FromDays(2),
            "RequestTimeout is 2.00:00:00; it must be between 00:00:00.0010000 and 1.00:00:00."),
        ["KeepAliveInterval low"] = (options => options.KeepAliveInterval = TimeSpan.Zero,
            "KeepAliveInterval is 00:00:00; it must be between 00:00:01 and 01:00:00."),
        ["KeepAliveInterval high"] = (options => options.KeepAliveInterval = TimeSpan.FromHours(2),
            "KeepAliveInterval is 02:00:00; it must be between 00:00:01 and 01:00:00."),
        ["KeepAliveTimeout low"] = (options => options.KeepAliveTimeout = TimeSpan.Zero,
            "KeepAliveTimeout is 00:00:00; it must be between 00:00:01 and 01:00:00."),
        ["KeepAliveTimeout high"] = (options => options.KeepAliveTimeout = TimeSpan.FromHours(2),
            "KeepAliveTimeout is 02:00:00; it must be between 00:00:01 and 01:00:00."),
        ["StateTokenTtl low"] = (options => options.StateTokenTtl = TimeSpan.FromSeconds(59),
            "StateTokenTtl is 00:00:59; it must be between 00:01:00 and 30.00:00:00."),
        ["StateTokenTtl high"] = (options => options.StateTokenTtl = TimeSpan.FromDays(31),
            "StateTokenTtl is 31.00:00:00; it must be between 00:01:00 and 30.00:00:00."),
        ["StateGenerationConcurrency low"] = (options => options.StateGenerationConcurrency = 0,
            "StateGenerationConcurrency is 0; it must be between 1 and 10000."),
        ["StateGenerationConcurrency high"] = (options => options.StateGenerationConcurrency = 10_001,
            "StateGenerationConcurrency is 10001; it must be between 1 and 10000."),
        // Only the length, because no message shows a key.
        ["ConnectionKey short"] = (options => options.ConnectionKey = new string('k', 31),
            "A ConnectionKey has 31 bytes; it must have at least 32."),
        ["ConnectionKeys short"] = (options => options.ConnectionKeys.Add(new byte[5]),
            "A ConnectionKey has 5 bytes; it must have at least 32."),
        ["MaxBufferedBytes low"] = (options => options.MaxBufferedBytes = (16 << 20) - 1,
            "MaxBufferedBytes is 16777215; it must be between 16777216 and 1099511627776."),
        ["MaxBufferedBytes high"] = (options => options.MaxBufferedBytes = (1L << 40) + 1,
            "MaxBufferedBytes is 1099511627777; it must be between 16777216 and 1099511627776."),
        ["MaxConcurrentRequests low"] = (options => options.MaxConcurrentRequests = 0,
            "MaxConcurrentRequests is 0; it must be between 1 and 1000000."),
        ["MaxConcurrentRequests high"] = (options => options.MaxConcurrentRequests = 1_000_001,
            "MaxConcurrentRequests is 1000001; it must be between 1 and 1000000."),
        ["MaxQueuedRequests low"] = (options => options.MaxQueuedRequests = -1,
            "MaxQueuedRequests is -1; it must be between 0 and 1000000."),
        ["MaxQueuedRequests high"] = (options => options.MaxQueuedRequests = 1_000_001,
            "MaxQueuedRequests is 1000001; it must be between 0 and 1000000."),
        ["MaxRequestsPerStarling low"] = (options => options.MaxRequestsPerStarling = 0,
            "MaxRequestsPerStarling is 0; it must be between 1 and 1000000."),
        ["MaxRequestsPerStarling high"] = (options => options.MaxRequestsPerStarling = 1_000_001,
            "MaxRequestsPerStarling is 1000001; it must be between 1 and 1000000."),
        ["MaxBlockingThreads low"] = (options => options.MaxBlockingThreads = 0,
            "MaxBlockingThreads is 0; it must be between 1 and 1000."),
        ["MaxBlockingThreads high"] = (options => options.MaxBlockingThreads = 1001,
            "MaxBlockingThreads is 1001; it must be between 1 and 1000."),
        ["MaxGroupsPerStarling low"] = (options => options.MaxGroupsPerStarling = 0,
            "MaxGroupsPerStarling is 0; it must be between 1 and 1000000."),
        ["MaxGroupsPerStarling high"] = (options => options.MaxGroupsPerStarling = 1_000_001,
            "MaxGroupsPerStarling is 1000001; it must be between 1 and 1000000."),
        ["MaxDataPerStarling low"] = (options => options.MaxDataPerStarling = 0,
            "MaxDataPerStarling is 0; it must be between 1 and 1000000."),
        ["MaxDataPerStarling high"] = (options => options.MaxDataPerStarling = 1_000_001,
            "MaxDataPerStarling is 1000001; it must be between 1 and 1000000."),
        ["MaxStateStoreBytes low"] = (options => options.MaxStateStoreBytes = (1 << 20) - 1,
            "MaxStateStoreBytes is 1048575; it must be between 1048576 and 1099511627776."),
        ["MaxStateStoreBytes high"] = (options => options.MaxStateStoreBytes = (1L << 40) + 1,
            "MaxStateStoreBytes is 1099511627777; it must be between 1048576 and 1099511627776."),
        ["MessageTimeout low"] = (options => options.MessageTimeout = TimeSpan.FromMilliseconds(999),
            "MessageTimeout is 00:00:00.9990000; it must be between 00:00:01 and 01:00:00."),
        ["MessageTimeout high"] = (options => options.MessageTimeout = TimeSpan.FromHours(2),
            "MessageTimeout is 02:00:00; it must be between 00:00:01 and 01:00:00."),
        ["MaxRequestBytesPerStarling high"] = (options => options.MaxRequestBytesPerStarling = (1L << 31) + 1,
            "MaxRequestBytesPerStarling is 2147483649; it must be between 1024 and 2147483648."),
        ["MaxRequestBytesPerStarling too low for its messages"] = (options => options.MaxRequestBytesPerStarling = 1_000_000,
            "MaxRequestBytesPerStarling is 1000000; it must be at least MaxMessageSize, which is 1048576."),
        ["MaxBufferedBytes too low for its messages"] = (options => (
            options.MaxBufferedBytes,
            options.MaxMessageSize,
            options.MaxRequestBytesPerStarling,
            options.MessageBufferBytes) = (16 << 20, 5 << 20, 5 << 20, 10 << 20),
            "MaxBufferedBytes is 16777216; it must be at least 4 times MaxMessageSize, which is 5242880."),
        ["RateLimits.PerConnection Permits low"] = (options => options.RateLimits.PerConnection = new RateLimit(0, TimeSpan.FromSeconds(1)),
            "RateLimits.PerConnection.Permits is 0; it must be between 1 and 1000000000."),
        ["RateLimits.PerConnection Permits high"] = (options =>
            options.RateLimits.PerConnection = new RateLimit(1_000_000_001, TimeSpan.FromSeconds(1)),
            "RateLimits.PerConnection.Permits is 1000000001; it must be between 1 and 1000000000."),
        ["RateLimits.PerUser Window low"] = (options => options.RateLimits.PerUser = new RateLimit(1, TimeSpan.FromTicks(9999)),
            "RateLimits.PerUser.Window is 00:00:00.0009999; it must be between 00:00:00.0010000 and 1.00:00:00."),
        ["RateLimits.PerUser Window high"] = (options => options.RateLimits.PerUser = new RateLimit(1, TimeSpan.FromHours(25)),
            "RateLimits.PerUser.Window is 1.01:00:00; it must be between 00:00:00.0010000 and 1.00:00:00."),
        ["RateLimits.PerAddress Burst low"] = (options => options.RateLimits.PerAddress = new RateLimit { Burst = 0 },
            "RateLimits.PerAddress.Burst is 0; it must be between 1 and 1000000000."),
        ["RateLimits.Upgrades Burst high"] = (options => options.RateLimits.Upgrades = new RateLimit { Burst = 1_000_000_001 },
            "RateLimits.Upgrades.Burst is 1000000001; it must be between 1 and 1000000000."),
        ["RateLimits.CloseAfter low"] = (options => options.RateLimits.CloseAfter = 0,
            "RateLimits.CloseAfter is 0; it must be between 1 and 1000000."),
        ["RateLimits.CloseAfter high"] = (options => options.RateLimits.CloseAfter = 1_000_001,
            "RateLimits.CloseAfter is 1000001; it must be between 1 and 1000000."),
        ["OutboxPolicy unknown"] = (options => options.OutboxPolicy = (OutboxPolicy)9,
            "OutboxPolicy is 9; it must be DropOldest, DropNewest or Disconnect."),
        ["TlsKeyFile alone"] = (
            options => options.TlsKeyFile = "key.pem", "TlsKeyFile is 'key.pem' and TlsCertificateFile is null; set both."),
        ["TlsCertificateFile beside a certificate"] = (
            options =>
                (options.TlsCertificateFile, options.Tls) = ("cert.pem", new() { ServerCertificateSelectionCallback = (_, _) => null! }),
            "TlsCertificateFile is 'cert.pem' and Tls has a certificate; set one of the two."),
        ["AllowedOrigins without scheme"] = (options => options.AllowedOrigins.Add("app.example.com"),
            "AllowedOrigins has 'app.example.com'; " + OriginRule),
        ["AllowedOrigins with path"] = (options => options.AllowedOrigins.Add("https://app.example.com/chat"),
            "AllowedOrigins has 'https://app.example.com/chat'; " + OriginRule),
        ["AllowedHosts with scheme"] = (options => options.AllowedHosts.Add("https://app.example.com"),
            "AllowedHosts has 'https://app.example.com'; " + HostRule),
        ["AllowedHosts with a bad port"] = (options => options.AllowedHosts.Add("app.example.com:65536"),
            "AllowedHosts has 'app.example.com:65536'; " + HostRule),
        ["AllowedHosts with a wildcard inside"] = (options => options.AllowedHosts.Add("app.*.com"),
            "AllowedHosts has 'app.*.com'; " + HostRule),
        ["AllowedHosts empty text"] = (options => options.AllowedHosts.Add(""),
            "AllowedHosts has ''; " + HostRule),
        ["Json null"] = (options => options.Json = null!,
            "Json is null; it must be JsonSerializerOptions."),
        ["TimeProvider null"] = (options => options.TimeProvider = null!,
            "TimeProvider is null; it must be a TimeProvider."),
    };

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [MemberData(nameof(Bad))]
    public void Create_BadValue_ThrowsWithOptionValueAndRange(string name)
    {
        var thrown = Assert.Throws<OptionsValidationException>(() => Helios.Create(s_bad[name].Set));

        Assert.Equal(s_bad[name].Message, thrown.Message);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Host_BadValue_DoesNotStart(string name)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHelios(s_bad[name].Set).Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromHours(1));
        using var host = builder.Build();

        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(s_bad[name].Message, thrown.Message);
    }

    [Theory]
    [InlineData("00:00:10", false)]
    [InlineData("00:00:10.001", true)]
    public async Task Host_ShutdownTimeout_MustBeLessThanTheHosts(string limit, bool starts)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHelios().Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Parse(limit, null));
        using var host = builder.Build();

        var fault = await Record.ExceptionAsync(() => host.StartAsync());

        Assert.Equal(
            starts ? null : "ShutdownTimeout is 00:00:10; it must be less than the host's HostOptions.ShutdownTimeout, which is 00:00:10.",
            (fault as OptionsValidationException)?.Message);
    }

    [Fact]
    public void Create_SeveralBadValues_NamesEach()
    {
        var thrown = Assert.Throws<OptionsValidationException>(
            () => Helios.Create(options => (options.MaxConnections, options.MessageBufferSize) = (0, 1)));

        // As one sentence, because the framework joins them with semicolons.
        Assert.Equal(
            "MaxConnections is 0; it must be between 1 and 1000000; MessageBufferSize is 1; it must be between 64 and 1000000.",
            thrown.Message);
    }

    [Fact]
    public async Task Create_BoundsThemselves_AreGood()
    {
        await using var lowest = Helios.Create(options =>
        {
            (options.MaxConnections, options.MaxMessageSize, options.MessageBufferSize, options.MessageBufferBytes) = (1, 1024, 64, 2048);
            (options.DisconnectionTtl, options.ConnectionTimeout, options.ShutdownTimeout) = (
                TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
            (options.RequestTimeout, options.KeepAliveInterval, options.KeepAliveTimeout) = (
                TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
            (options.StateTokenTtl, options.StateGenerationConcurrency, options.ConnectionKey) = (
                TimeSpan.FromMinutes(1), 1, new string('k', 32));
            (options.MaxBufferedBytes, options.MaxRequestBytesPerStarling, options.MessageTimeout) = (
                16 << 20, 1024, TimeSpan.FromSeconds(1));
            (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.MaxRequestsPerStarling) = (1, 0, 1);
            (options.MaxBlockingThreads, options.MaxGroupsPerStarling, options.MaxDataPerStarling) = (1, 1, 1);
            (options.RateLimits.CloseAfter, options.RateLimits.PerConnection) = (
                1, new RateLimit(1, TimeSpan.FromMilliseconds(1)) { Burst = 1 });
        });
        await using var highest = Helios.Create(options =>
        {
            (options.MaxConnections, options.MaxMessageSize, options.MessageBufferSize, options.MessageBufferBytes) = (
                1_000_000, 64 << 20, 1_000_000, 1L << 31);
            (options.DisconnectionTtl, options.ConnectionTimeout, options.ShutdownTimeout) = (
                TimeSpan.FromDays(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
            (options.RequestTimeout, options.KeepAliveInterval, options.KeepAliveTimeout) = (
                TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1));
            (options.StateTokenTtl, options.StateGenerationConcurrency) = (TimeSpan.FromDays(30), 10_000);
            (options.MaxBufferedBytes, options.MaxRequestBytesPerStarling, options.MessageTimeout) = (
                1L << 40, 1L << 31, TimeSpan.FromHours(1));
            (options.MaxConcurrentRequests, options.MaxQueuedRequests, options.MaxRequestsPerStarling) = (1_000_000, 1_000_000, 1_000_000);
            (options.MaxBlockingThreads, options.MaxGroupsPerStarling, options.MaxDataPerStarling) = (1000, 1_000_000, 1_000_000);
            (options.RateLimits.CloseAfter, options.RateLimits.PerConnection) = (
                1_000_000, new RateLimit(1_000_000_000, TimeSpan.FromDays(1)) { Burst = 1_000_000_000 });
        });

        Assert.Equal((0, 0), (lowest.Starlings.TotalCount, highest.Starlings.TotalCount));
    }

    [Theory]
    [InlineData("MaxConections", "7", "MaxConections")]
    [InlineData("MaxConnections", "many", "Helios:MaxConnections")]
    [InlineData("RequestTimeout", "soon", "Helios:RequestTimeout")]
    [InlineData("OutboxPolicy", "DropSome", "Helios:OutboxPolicy")]
    [InlineData("RateLimits:PerConection:Permits", "7", "PerConection")]
    [InlineData("RateLimits:PerConnection:Permit", "7", "Permit")]
    [InlineData("RateLimits:PerConnection:Permits", "few", "Helios:RateLimits:PerConnection:Permits")]
    [InlineData("RateLimits:PerUser:Window", "1 s", "Helios:RateLimits:PerUser:Window")]
    [InlineData("RateLimits:CloseAfter", "never", "Helios:RateLimits:CloseAfter")]
    public void AddHelios_FromBadConfiguration_SaysWhichKey(string key, string value, string named)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration[$"Helios:{key}"] = value;
        builder.Services.AddHelios(builder.Configuration.GetSection("Helios"));
        using var host = builder.Build();

        Assert.Contains(named, Assert.Throws<InvalidOperationException>(() => host.Start()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxConnections", "0", "MaxConnections is 0; it must be between 1 and 1000000.")]
    [InlineData("RateLimits:PerAddress:Permits", "-1", "RateLimits.PerAddress.Permits is -1; it must be between 1 and 1000000000.")]
    public void AddHelios_FromConfigurationOutOfRange_SaysOptionValueAndRange(string key, string value, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration[$"Helios:{key}"] = value;
        builder.Services.AddHelios(builder.Configuration.GetSection("Helios"));
        using var host = builder.Build();

        Assert.Equal(message, Assert.Throws<OptionsValidationException>(() => host.Start()).Message);
    }

    [Fact]
    public async Task AddHelios_FromConfiguration_BindsEveryKindOfValue()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(
            builder.Configuration, new Dictionary<string, string?>
            {
                ["Helios:MaxConnections"] = "7",
                ["Helios:RequestTimeout"] = "00:00:09",
                ["Helios:OutboxPolicy"] = "Disconnect",
                ["Helios:Debug"] = "true",
                ["Helios:AllowedOrigins:0"] = "https://app.example.com",
                ["Helios:AllowedHosts:0"] = "*.example.com",
                ["Helios:ConnectionKey"] = new string('k', 32),
                ["Helios:ConnectionKeys:0"] = new string('o', 33),
            });
        builder.Services.AddHelios(builder.Configuration.GetSection("Helios"));
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<HeliosOptions>>().Value;
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(
            (7, TimeSpan.FromSeconds(9), OutboxPolicy.Disconnect, true, "https://app.example.com"),
            (options.MaxConnections, options.RequestTimeout, options.OutboxPolicy, options.Debug, options.AllowedOrigins.Single()));
        Assert.Equal("*.example.com", options.AllowedHosts.Single());
        Assert.Equal((32, 33), (options.ConnectionKey!.Length, options.ConnectionKeys.Single().Length));
    }
}
