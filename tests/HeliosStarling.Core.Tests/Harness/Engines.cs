using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeliosStarling;

internal static class Engines
{
    public static Engine Create(
        TimeProvider? time = null,
        OutboxLimits? outbox = null,
        ILogger? logger = null,
        RequestLimits? limits = null) => new(time ?? TimeProvider.System)
        {
            Types = new JsonTypes(HeliosJson.Freeze(HeliosJson.CreateOptions())),
            Logger = logger ?? NullLogger.Instance,
            Outbox = outbox ?? new OutboxLimits(1000, 1024 * 1024, OutboxPolicy.DropOldest),
            RequestTimeout = TimeSpan.FromSeconds(30),
            MaxMessageSize = 1024 * 1024,
            Lanes = new Lanes(limits ?? new RequestLimits()),
        };
}
