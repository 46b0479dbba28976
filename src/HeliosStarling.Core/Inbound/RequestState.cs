namespace HeliosStarling;

/// <summary>The state of a request, and what ended it.</summary>
internal enum RequestState
{
    /// <summary>The request has not ended.</summary>
    Running,

    /// <summary>The handler has answered.</summary>
    Answered,

    /// <summary>The time limit has passed.</summary>
    TimedOut,

    /// <summary>The caller has cancelled.</summary>
    Cancelled,

    /// <summary>The session has ended, so the request needs no answer.</summary>
    Abandoned,
}
