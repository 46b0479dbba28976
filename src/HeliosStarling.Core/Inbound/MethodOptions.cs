using System.Text.Json;

namespace HeliosStarling;

/// <summary>How a method is offered.</summary>
public sealed record MethodOptions
{
    /// <summary>
    /// How long a handler may run before its caller gets REQUEST_TIMEOUT; longer than 0. Default: the <c>RequestTimeout</c> of this side.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> sets no limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Whether the handler blocks its thread, with synchronous I/O or long computation for example. It then starts on a thread of its own,
    /// of which there is a bounded number, and neither the connection's reader nor other handlers wait for it. Default false.
    /// </summary>
    public bool Blocking { get; init; }

    /// <summary>
    /// Looks at the payload as it came, of kind <see cref="JsonValueKind.Null"/> when absent, before it is read. If it finds errors, the
    /// caller gets
    /// <c>VALIDATION_ERROR</c> with all of them, and the handler does not run. What it throws is the failure, as of a handler. Default
    /// null, none.
    /// </summary>
    /// <remarks>Called for several requests at once. It must not block.</remarks>
    public Func<JsonElement, IEnumerable<ValidationError>>? Validator { get; init; }

    /// <summary>Leaves the method out of what <c>system:methods</c> lists; it can be called all the same. Default false.</summary>
    public bool Private { get; init; }

    /// <summary>What <c>system:methods</c> says of the method: any JSON-serializable value. Default null, nothing.</summary>
    public object? Metadata { get; init; }
}
