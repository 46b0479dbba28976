namespace HeliosStarling;

/// <summary>The reason why an id is closed for good.</summary>
internal enum Closing
{
    /// <summary>The application closed the starling with 4002, so its tokens must become invalid.</summary>
    ByApplication,

    /// <summary>The client said goodbye. Nobody else has its tokens.</summary>
    ByGoodbye,
}
