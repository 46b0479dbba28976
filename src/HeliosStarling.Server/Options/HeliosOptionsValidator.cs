using System.Globalization;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>Validates the options. Each fault names the option, its value and the allowed range.</summary>
internal sealed class HeliosOptionsValidator : IValidateOptions<HeliosOptions>
{
    public ValidateOptionsResult Validate(string? name, HeliosOptions options)
    {
        var faults = FindFaults(options);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(OptionFaults.Join(faults));
    }

    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static void ThrowIfInvalid(HeliosOptions options)
    {
        var faults = FindFaults(options);
        if (faults.Count > 0) throw new OptionsValidationException(nameof(HeliosOptions), typeof(HeliosOptions), OptionFaults.Join(faults));
    }

    private static List<string> FindFaults(HeliosOptions options)
    {
        var ranges = new OptionFaults();
        var faults = ranges.All;
        ranges.Check(nameof(options.DisconnectionTtl), options.DisconnectionTtl, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        ranges.Check(nameof(options.MaxConnections), options.MaxConnections, 1, 1_000_000);
        if (options.MaxConnectionsPerAddress is { } perAddress)
            ranges.Check(nameof(options.MaxConnectionsPerAddress), perAddress, 1, 1_000_000);
        ranges.Check(nameof(options.ConnectionTimeout), options.ConnectionTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        ranges.Check(nameof(options.ShutdownTimeout), options.ShutdownTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        ranges.Check(nameof(options.MaxMessageSize), options.MaxMessageSize, 1024, 64 * 1024 * 1024);
        ranges.Check(nameof(options.MessageBufferSize), options.MessageBufferSize, 64, 1_000_000);
        ranges.Check(nameof(options.MessageBufferBytes), options.MessageBufferBytes, 2048, 2L * 1024 * 1024 * 1024);
        ranges.Check(nameof(options.MaxBufferedBytes), options.MaxBufferedBytes, 16L * 1024 * 1024, 1L << 40);
        ranges.Check(nameof(options.MaxConcurrentRequests), options.MaxConcurrentRequests, 1, 1_000_000);
        ranges.Check(nameof(options.MaxQueuedRequests), options.MaxQueuedRequests, 0, 1_000_000);
        ranges.Check(nameof(options.MaxRequestsPerStarling), options.MaxRequestsPerStarling, 1, 1_000_000);
        ranges.Check(nameof(options.MaxRequestBytesPerStarling), options.MaxRequestBytesPerStarling, 1024, 2L * 1024 * 1024 * 1024);
        ranges.Check(nameof(options.MaxBlockingThreads), options.MaxBlockingThreads, 1, 1000);
        ranges.Check(nameof(options.MaxGroupsPerStarling), options.MaxGroupsPerStarling, 1, 1_000_000);
        ranges.Check(nameof(options.MaxDataPerStarling), options.MaxDataPerStarling, 1, 1_000_000);
        ranges.Check(nameof(options.MessageTimeout), options.MessageTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        ranges.Check(nameof(options.RequestTimeout), options.RequestTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        ranges.Check(nameof(options.KeepAliveInterval), options.KeepAliveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        ranges.Check(nameof(options.KeepAliveTimeout), options.KeepAliveTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        ranges.Check(nameof(options.StateTokenTtl), options.StateTokenTtl, TimeSpan.FromMinutes(1), TokenOptions.MaxExpiresIn);
        ranges.Check(nameof(options.StateGenerationConcurrency), options.StateGenerationConcurrency, 1, 10_000);
        ranges.Check(nameof(options.MaxStateStoreBytes), options.MaxStateStoreBytes, 1024L * 1024, 1L << 40);
        foreach (var key in options.ConnectionKeys.Append(options.ConnectionKey).Where(key => key is { Length: < ConnectionKey.MinLength }))
            faults.Add($"A ConnectionKey has {key!.Length} bytes; it must have at least {ConnectionKey.MinLength}.");
        if (!Enum.IsDefined(options.OutboxPolicy))
            faults.Add($"OutboxPolicy is {options.OutboxPolicy}; it must be DropOldest, DropNewest or Disconnect.");
        if (options.Json is null) faults.Add("Json is null; it must be JsonSerializerOptions.");
        if (options.TimeProvider is null) faults.Add("TimeProvider is null; it must be a TimeProvider.");
        if (options.MessageBufferBytes < 2L * options.MaxMessageSize)
            faults.Add(Invariant($"MessageBufferBytes is {options.MessageBufferBytes}; it must be at least twice MaxMessageSize, which is {options.MaxMessageSize}."));
        if (options.MaxBufferedBytes < 4L * options.MaxMessageSize)
            faults.Add(Invariant($"MaxBufferedBytes is {options.MaxBufferedBytes}; it must be at least 4 times MaxMessageSize, which is {options.MaxMessageSize}."));
        if (options.MaxRequestBytesPerStarling < options.MaxMessageSize)
            faults.Add(Invariant($"MaxRequestBytesPerStarling is {options.MaxRequestBytesPerStarling}; it must be at least MaxMessageSize, which is {options.MaxMessageSize}."));
        if (options.TlsKeyFile is not null && options.TlsCertificateFile is null)
            faults.Add($"TlsKeyFile is '{options.TlsKeyFile}' and TlsCertificateFile is null; set both.");
        if (options.TlsCertificateFile is not null
            && options.Tls is { } tls
            && (tls.ServerCertificate ?? (object?)tls.ServerCertificateContext ?? tls.ServerCertificateSelectionCallback) is not null)
            faults.Add($"TlsCertificateFile is '{options.TlsCertificateFile}' and Tls has a certificate; set one of the two.");
        faults.AddRange(options.RateLimits.FindFaults(nameof(options.RateLimits)));
        faults.AddRange(options.AllowedOrigins.Where(origin => !OriginRules.IsPattern(origin))
            .Select(origin => $"AllowedOrigins has '{origin}'; each must be a scheme, a host and, unless it is the default, a port, such as 'https://app.example.com' or 'https://*.example.com', or '*' for all."));
        faults.AddRange(options.AllowedHosts.Where(host => !HostRules.IsPattern(host))
            .Select(host => $"AllowedHosts has '{host}'; each must be a host and, unless any is meant, a port, such as 'app.example.com' or '*.example.com:8443', or '*' for all."));
        return faults;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
