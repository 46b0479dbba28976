namespace HeliosStarling;

/// <summary>Stand-in.</summary>
internal sealed record RecoveryRequest(string? Token, bool Resumes, string? Epoch, Number? Received, Number? Attempt, bool IsStrict)
{
    public static readonly RecoveryRequest None = new(null, false, null, null, null, false);
}
internal readonly record struct Number(long? Value);
