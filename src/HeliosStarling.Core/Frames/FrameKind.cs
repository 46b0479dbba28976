namespace HeliosStarling;

/// <summary>The kinds of frames that an outbox treats differently.</summary>
internal enum FrameKind : byte
{
    /// <summary>
    /// A text message that may be dropped when the receiver is slow: a notification, an error message, plain text or JSON.
    /// </summary>
    Text,

    /// <summary>A binary message, which may be dropped in the same way.</summary>
    Binary,

    /// <summary>A request. It may be dropped, and then fails at once.</summary>
    Request,

    /// <summary>An item of a streamed answer. It is never dropped; its sender waits for room.</summary>
    StreamItem,

    /// <summary>The answer to a request. It is never dropped.</summary>
    Response,

    /// <summary>A notification of the library. It may be dropped, and is not reported to the application, which did not send it.</summary>
    Library,

    /// <summary>A recovery token. The newest token replaces it when it is written. Otherwise the same as <see cref="Library"/>.</summary>
    Token,
}
