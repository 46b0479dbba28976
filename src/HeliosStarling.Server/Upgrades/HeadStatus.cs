namespace HeliosStarling;

/// <summary>The result of <see cref="RequestHeadReader.TryRead"/>.</summary>
internal enum HeadStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The head is complete and well-formed.</summary>
    Complete,

    /// <summary>The head is invalid. There is a <see cref="Refusal"/>.</summary>
    Invalid,
}
