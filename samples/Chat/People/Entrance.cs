using HeliosStarling.Samples.Chat.Rooms;

namespace HeliosStarling.Samples.Chat.People;

/// <summary><c>chat:enter</c>: a newcomer comes in, and the server asks back who it is. A person who comes back is known.</summary>
internal sealed class Entrance(Helios helios, PersonList people, RoomList rooms, TimeProvider time)
{
    /// <summary>The group of everyone who has come in, whatever room they are in.</summary>
    public const string Everyone = "chat";

    private static readonly RequestOptions s_patience = new() { Timeout = TimeSpan.FromSeconds(10) };

    public void Register() => helios.Method<Welcome>("chat:enter", EnterAsync);

    private async ValueTask<Welcome> EnterAsync(RequestContext context)
    {
        var starling = context.Starling;
        if (starling.Data.TryGet<Person>("person", out var known))
            return new Welcome(known, null, rooms.Summaries(), starling.Room(), starling.Draft());
        // A request in the other direction, inside a request: the page answers while its own call is open.
        var answer = await starling.Request<Introduction>("ui:introduce", null, s_patience, context.CancellationToken);

        var name = Input.CleanLine(answer.Name, "The name", Input.MaxName);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(answer.TimeZone, out var zone)) zone = TimeZoneInfo.Utc;
        var person = people.Add(new Person(starling.Id, name, Roles.Parse(answer.Role), zone.Id));
        starling.Remember(person);
        await starling.JoinAsync(Everyone, context.CancellationToken);
        await starling.States.NotifyStateAsync(context.CancellationToken);
        return new Welcome(person, Greeting(person.Name, zone), rooms.Summaries(), null, null);
    }

    private string Greeting(string name, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone).Hour switch
    {
        >= 5 and < 12 => $"Good morning, {name}.",
        >= 12 and < 18 => $"Good afternoon, {name}.",
        _ => $"Good evening, {name}.",
    };
}

/// <summary>The answer to <c>chat:enter</c>.</summary>
/// <param name="You">Who the caller is here.</param>
/// <param name="Greeting">For newcomers.</param>
/// <param name="Rooms">All of them.</param>
/// <param name="Room">Where the caller was before.</param>
/// <param name="Draft">What the caller had written and not sent.</param>
internal sealed record Welcome(Person You, string? Greeting, IReadOnlyList<RoomSummary> Rooms, string? Room, string? Draft);
