namespace HeliosStarling;

/// <summary>Why an id is closed for good.</summary>
internal enum Closing
{
    /// <summary>The application closed it with 4002: its tokens must not be good any more.</summary>
    ByApplication,

    /// <summary>Its client said goodbye. Only that client has its tokens.</summary>
    ByGoodbye,
}
