using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// An error with a code that is sent to the other side. When a handler throws it, it becomes the answer to the caller. When a request
/// throws it, it is the answer of the peer.
/// </summary>
/// <remarks>
/// The error of a request that a handler made is not passed on to the handler's caller. If the handler does not catch it, the caller gets
/// <c>METHOD_ERROR</c>. To pass it on, catch it and throw a new exception with its code, message and details.
/// </remarks>
public sealed class HeliosException : Exception
{
    /// <summary>Creates an error.</summary>
    /// <param name="code">UPPER_SNAKE_CASE, ASCII, at most 63 characters. Applications choose their own prefix (docs/protocol.md section
    /// 4).</param>
    /// <param name="message">A human-readable message, cut to 1,024 characters when it is sent.</param>
    /// <param name="details">Any JSON-serializable value; null omits the details. In a received error, a
    /// <see cref="System.Text.Json.JsonElement"/>.</param>
    /// <param name="innerException">The cause. It is never sent.</param>
    /// <exception cref="ArgumentException">The code is malformed.</exception>
    public HeliosException(string code, string message, object? details = null, Exception? innerException = null)
        : base(message, innerException)
    {
        if (!ErrorCodes.IsValid(code))
            throw new ArgumentException(
                $"Error code '{code}' is malformed. Use UPPER_SNAKE_CASE, ASCII, at most 63 characters, such as 'CHAT_ROOM_FULL'.",
                nameof(code));
        Code = code;
        Details = details;
    }

    /// <summary>The error code, for use by programs.</summary>
    public string Code { get; }

    /// <summary>More information about the error; null when there is none.</summary>
    public object? Details { get; }

    /// <summary>
    /// Returns the text of <see cref="Exception.ToString"/>, with the code after the type name, and with the method if a request failed.
    /// Details are included only for a handler that threw at a peer with the option <c>Debug</c>.
    /// </summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString()
    {
        var type = GetType().ToString();
        var origin = FailedRequest is null ? "" : $" from the request to '{FailedRequest}'";
        // The peer keeps the exception to itself.
        var hint = FailedRequest is null || Code != ErrorCodes.MethodError ? ""
            : Details is null
            ? $"{Environment.NewLine}   The handler threw. The log of the other side has the exception; its option Debug sends it along."
            : $"{Environment.NewLine}   The handler threw: {Details}";
        return $"{type} ({Code}{origin}){base.ToString()[type.Length..]}{hint}";
    }

    /// <summary>
    /// The method of the request that failed with this error, so that it is not an error of the code that does not catch it. Null when the
    /// application created the error.
    /// </summary>
    internal string? FailedRequest { get; set; }

    /// <summary>Indicates whether a request to a peer failed with this error.</summary>
    internal bool IsOfRequest => FailedRequest is not null;
}
