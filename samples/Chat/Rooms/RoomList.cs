using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>All rooms, in memory. Safe to call concurrently; a person is never in two rooms.</summary>
internal sealed class RoomList
{
    private readonly Lock _lock = new();
    private readonly Room[] _rooms =
    [
        new("lobby", "Lobby", "Where everyone comes in"),
        new("workshop", "Workshop", "What we are making"),
        new("library", "Library", "What we are reading"),
        new("garden", "Garden", "Everything else, in good weather"),
    ];

    /// <exception cref="HeliosException"><c>CHAT_NO_SUCH_ROOM</c>.</exception>
    public Room Get(string? id) =>
        Array.Find(_rooms, room => room.Id == id) ?? throw new HeliosException("CHAT_NO_SUCH_ROOM", $"There is no room '{id}'.");

    public IReadOnlyList<RoomSummary> Summaries()
    {
        lock (_lock) return [.. _rooms.Select(room => room.Summary)];
    }

    /// <summary>Moves a person out of the room they are in, if any, and into <paramref name="to"/>; their groups follow.</summary>
    /// <param name="starling">The person's starling.</param>
    /// <param name="person">Who moves.</param>
    /// <param name="to">Where to.</param>
    /// <param name="answer">Gets what they see there, before anything that is said later can be sent to them.</param>
    public Move Move(Starling starling, Person person, Room to, Action<RoomView> answer)
    {
        lock (_lock)
        {
            var left = to.Has(person) ? null : Leave_NeedsLock(starling, person);
            var entered = to.Has(person) ? null : to.Enter(person);
            starling.Join(to.Group);
            answer(to.View);
            return new Move(left, entered);
        }
    }

    /// <summary>Takes a person out of the room they are in; null when they are in none.</summary>
    public Presence? Leave(Starling starling, Person person)
    {
        lock (_lock) return Leave_NeedsLock(starling, person);
    }

    /// <summary>Adds a message to the room its sender is in.</summary>
    /// <exception cref="HeliosException"><c>CHAT_NOT_IN_ROOM</c>: the sender is in another room, or in none.</exception>
    public ChatMessage Add(Room room, Person from, ChatMessage message)
    {
        lock (_lock)
            return room.Has(from) ? room.Add(message) : throw new HeliosException("CHAT_NOT_IN_ROOM", $"Join '{room.Id}' first.");
    }

    public RoomSummary Summary(Room room)
    {
        lock (_lock) return room.Summary;
    }

    private Presence? Leave_NeedsLock(Starling starling, Person person)
    {
        if (Array.Find(_rooms, room => room.Has(person)) is not { } from) return null;
        starling.Leave(from.Group);
        return from.Leave(person);
    }
}
