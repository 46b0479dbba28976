namespace HeliosStarling.Samples.Chat.People;

/// <summary>What the server asks a newcomer with <c>ui:introduce</c>.</summary>
sealed record Question(string Text);

/// <summary>What the newcomer answers.</summary>
sealed record Introduction(string Name, string Role, string TimeZone);
