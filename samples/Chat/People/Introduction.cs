namespace HeliosStarling.Samples.Chat.People;

/// <summary>What the server asks a newcomer with <c>ui:introduce</c>.</summary>
sealed record IntroductionQuestion(string Question);

/// <summary>What the newcomer answers.</summary>
sealed record Introduction(string? Name, string? Role, string? TimeZone);
