namespace HeliosStarling.Samples.Chat.People;

/// <summary>What this application remembers about a starling, in the starling's own <see cref="Starling.Data"/>.</summary>
internal static class StarlingPerson
{
    /// <summary>The person behind a starling.</summary>
    /// <exception cref="HeliosException"><c>CHAT_ENTER_FIRST</c>: it has not called <c>chat:enter</c>.</exception>
    public static Person Person(this Starling starling) =>
        starling.Data.Get<Person>("person") ?? throw new HeliosException("CHAT_ENTER_FIRST", "Call 'chat:enter' first.");

    public static void Remember(this Starling starling, Person person)
    {
        starling.Data.Set("person", person);
        starling.Data.Set("role", person.Role);
    }

    /// <summary>The room that the person was last in.</summary>
    public static string? Room(this Starling starling) => starling.Data.Get<string>("room");

    /// <summary>What the person has written and not sent.</summary>
    public static string? Draft(this Starling starling) => starling.Data.Get<string>("draft");

    public static void RememberRoom(this Starling starling, string? room) => starling.Data.Set("room", room);

    public static void RememberDraft(this Starling starling, string? draft) => starling.Data.Set("draft", draft);
}
