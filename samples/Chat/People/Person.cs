namespace HeliosStarling.Samples.Chat.People;

/// <summary>Somebody in the chat: a starling that has introduced itself.</summary>
/// <param name="Id">The starling's id.</param>
/// <param name="Name">Unique among those who are here.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="TimeZone">IANA name, as <c>Europe/Berlin</c>.</param>
internal sealed record Person(string Id, string Name, string Role, string TimeZone);

internal static class Roles
{
    public const string Guest = "guest";
    public const string Moderator = "moderator";
    public const string Admin = "admin";

    /// <summary>Everyone may claim a role here; a real application takes it from <see cref="Starling.User"/>.</summary>
    public static string Parse(string claimed) => claimed is Moderator or Admin ? claimed : Guest;
}
