using System.Text.Json;

namespace HeliosStarling;

/// <summary>Options of a method.</summary>
public sealed record MethodOptions
{
    /// <summary>
    /// The time after which the caller of a running handler gets REQUEST_TIMEOUT; longer than 0. Default: the <c>RequestTimeout</c> of this
    /// side. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> sets no limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Indicates whether the handler blocks its thread, for example with synchronous I/O or long computations. It then runs on a thread of
    /// its own, so that it delays neither the connection's reader nor other handlers. The number of these threads is limited. Default
    /// false.
    /// </summary>
    public bool Blocking { get; init; }

    /// <summary>
    /// Validates the raw payload before it is deserialized. An absent payload has the kind <see cref="JsonValueKind.Null"/>. If the
    /// validator returns errors, the caller gets <c>VALIDATION_ERROR</c> with all of them, and the handler does not run. An exception of
    /// the validator has the same effect as one of the handler. Default null: none.
    /// </summary>
    /// <remarks>Called concurrently for several requests. It must not block.</remarks>
    public Func<JsonElement, IEnumerable<ValidationError>>? Validator { get; init; }

    /// <summary>Indicates whether <c>system:methods</c> omits the method. It can still be called. Default false.</summary>
    public bool Private { get; init; }

    /// <summary>Metadata of the method for <c>system:methods</c>: any JSON-serializable value. Default null: none.</summary>
    public object? Metadata { get; init; }
}
