using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>Validates that a server stops before its host's shutdown timeout.</summary>
internal sealed class ShutdownValidator(IOptions<HostOptions> host) : IValidateOptions<HeliosOptions>
{
    public ValidateOptionsResult Validate(string? name, HeliosOptions options)
    {
        var limit = host.Value.ShutdownTimeout;
        if (limit == Timeout.InfiniteTimeSpan || options.ShutdownTimeout < limit) return ValidateOptionsResult.Success;
        return ValidateOptionsResult.Fail(string.Create(
            CultureInfo.InvariantCulture,
            $"ShutdownTimeout is {options.ShutdownTimeout}; it must be less than the host's HostOptions.ShutdownTimeout, which is {limit}."));
    }
}
