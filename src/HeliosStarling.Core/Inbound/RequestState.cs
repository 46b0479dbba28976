namespace HeliosStarling;

/// <summary>Who ended a request.</summary>
internal enum RequestState
{
    /// <summary>Nobody yet.</summary>
    Running,

    /// <summary>Its handler, with an answer.</summary>
    Answered,

    /// <summary>Its time limit.</summary>
    TimedOut,

    /// <summary>Its caller.</summary>
    Cancelled,

    /// <summary>The end of its session: nobody waits for an answer.</summary>
    Abandoned,
}
