namespace HeliosStarling;

/// <summary>What a frame holds, as far as sending it goes.</summary>
internal enum FrameKind : byte
{
    /// <summary>Text that may be dropped for a slow receiver: a notification, an error message, plain text or JSON.</summary>
    Text,

    /// <summary>A binary message, which may be dropped likewise.</summary>
    Binary,

    /// <summary>A request, which may be dropped: its caller hears of it at once.</summary>
    Request,

    /// <summary>A part of a streamed answer, never dropped: its sender waits for room.</summary>
    StreamItem,

    /// <summary>The answer to a request, never dropped.</summary>
    Response,

    /// <summary>A notification of the library's own, such as a token: may be dropped, and is nothing that the application sent.</summary>
    Library,

    /// <summary>Stands for the newest recovery token, which takes its place when it is written. Else as <see cref="Library"/>.</summary>
    Token,
}
