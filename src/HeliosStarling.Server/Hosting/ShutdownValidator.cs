using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeliosStarling;

/// <summary>Sees to it that a server has said goodbye before its host gives up on it.</summary>
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
