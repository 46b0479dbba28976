using HeliosStarling.Samples.Chat.Rooms;

namespace HeliosStarling.Samples.Chat.People;

/// <summary><c>chat:enter</c>: a newcomer comes in, and the server asks back who it is.</summary>
sealed class Entrance(Helios helios, PersonList people, RoomList rooms, TimeProvider time)
{
    /// <summary>The group of everyone who has come in, whatever room they are in.</summary>
    public const string Everyone = "chat";

    static readonly Question s_question = new("Who are you, and where in the world?");
    static readonly RequestOptions s_patience = new() { Timeout = TimeSpan.FromSeconds(10) };

    public void Register()
    {
        helios.Method<Welcome>("chat:enter", EnterAsync);
        helios.OnDisconnection((starling, _) =>
        {
            people.Remove(starling.Id);
            return ValueTask.CompletedTask;
        });
    }

    async ValueTask<Welcome> EnterAsync(RequestContext context)
    {
        var starling = context.Starling;
        // A request in the other direction, inside a request: the page answers while its own call is open.
        var answer = await starling.Request<Introduction>("ui:introduce", s_question, s_patience, context.CancellationToken);

        var now = LocalTime(answer.TimeZone, out var zone);
        var name = Input.CleanLine(answer.Name, "The name", Input.MaxName);
        var person = people.Add(new Person(starling.Id, name, Roles.Parse(answer.Role), zone.Id, (int)now.Offset.TotalMinutes));
        starling.Remember(person);
        starling.Join(Everyone);
        if (!starling.IsConnected) people.Remove(starling.Id); // gone while answering: the disconnection was handled before there was a name
        return new Welcome(person, Greeting(person.Name, now.Hour), rooms.Summaries());
    }

    DateTimeOffset LocalTime(string timeZone, out TimeZoneInfo zone)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found)) found = TimeZoneInfo.Utc;
        zone = found;
        return TimeZoneInfo.ConvertTime(time.GetUtcNow(), found);
    }

    static string Greeting(string name, int hour) => hour switch
    {
        >= 5 and < 12 => $"Good morning, {name}.",
        >= 12 and < 18 => $"Good afternoon, {name}.",
        _ => $"Good evening, {name}.",
    };
}

/// <summary>The answer to <c>chat:enter</c>.</summary>
sealed record Welcome(Person You, string Greeting, IReadOnlyList<RoomSummary> Rooms);
