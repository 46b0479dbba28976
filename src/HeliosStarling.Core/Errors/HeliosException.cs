using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A failure with a code that travels: thrown by a handler it becomes the caller's answer, thrown by a request it is the peer's answer.
/// </summary>
/// <remarks>
/// The failure of a request that a handler made itself is not its caller's: when the handler lets it through, the caller gets
/// <c>METHOD_ERROR</c>. To pass it on, catch it and throw a new one with its code, message and details.
/// </remarks>
public sealed class HeliosException : Exception
{
    /// <summary>Creates a failure.</summary>
    /// <param name="code">UPPER_SNAKE_CASE, ASCII, at most 63 characters; applications choose their own prefix (docs/protocol.md section
    /// 4).
    /// </param>
    /// <param name="message">A sentence for people; cut to 1,024 characters on the wire.</param>
    /// <param name="details">Any JSON-serializable value; null leaves the details out. On a received failure a
    /// <see cref="System.Text.Json.JsonElement"/>.</param>
    /// <param name="innerException">What caused it; never sent.</param>
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

    /// <summary>The code that programs go by.</summary>
    public string Code { get; }

    /// <summary>More about the failure; null when there is no more.</summary>
    public object? Details { get; }

    /// <summary>
    /// The failure as <see cref="Exception.ToString"/> writes it, with its code behind the type's name, and the method if it is the failure
    /// of a request. The details are not part of it.
    /// </summary>
    /// <returns>The text, for logs.</returns>
    public override string ToString()
    {
        var type = GetType().ToString();
        var origin = FailedRequest is null ? "" : $" from the request to '{FailedRequest}'";
        // The peer keeps the exception to itself.
        var hint = FailedRequest is null || Code != ErrorCodes.MethodError
            ? ""
            : $"{Environment.NewLine}   The handler threw. The log of the other side has the exception; its option Debug sends it along.";
        return $"{type} ({Code}{origin}){base.ToString()[type.Length..]}{hint}";
    }

    /// <summary>
    /// The method of the request to a peer that failed with it, so that it is no failure of the code that lets it through. Null when the
    /// application made it.
    /// </summary>
    internal string? FailedRequest { get; set; }

    /// <summary>Whether a request to a peer failed with it.</summary>
    internal bool IsOfRequest => FailedRequest is not null;
}
