namespace HeliosStarling;

/// <summary>What <see cref="RequestHeadReader.TryRead"/> found.</summary>
internal enum HeadStatus : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The head is complete and well-formed.</summary>
    Complete,

    /// <summary>The head breaks a rule; a <see cref="Refusal"/> says which.</summary>
    Invalid,
}
