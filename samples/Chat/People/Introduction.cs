namespace HeliosStarling.Samples.Chat.People;

/// <summary>What a newcomer answers when the server asks <c>ui:introduce</c>.</summary>
internal sealed record Introduction(string Name, string Role, string TimeZone);
