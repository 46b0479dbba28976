using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>All rooms, in memory. Safe to call concurrently; a person is never in two rooms.</summary>
sealed class RoomList
{
    readonly Lock _lock = new();
    readonly Room[] _rooms =
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

    /// <summary>Moves a person out of the room they are in, if any, and into <paramref name="to"/>, if given; their groups follow.</summary>
    public Move Move(Starling starling, Person person, Room? to)
    {
        lock (_lock)
        {
            var from = Array.Find(_rooms, room => room.Has(person));
            if (from == to) return new Move(null, null, to?.View);
            if (from is not null) starling.Leave(from.Group);
            if (to is not null) starling.Join(to.Group);
            return new Move(from?.Leave(person), to?.Enter(person), to?.View);
        }
    }

    /// <summary>Adds a message to the room its sender is in.</summary>
    /// <exception cref="HeliosException"><c>CHAT_NOT_IN_ROOM</c>: the sender is in another room, or in none.</exception>
    public ChatMessage Add(Room room, Person from, ChatMessage message)
    {
        lock (_lock)
            return room.Has(from) ? room.Add(message) : throw new HeliosException("CHAT_NOT_IN_ROOM", $"Join '{room.Id}' first.");
    }

    public IReadOnlyList<Person> People(Room room)
    {
        lock (_lock) return room.View.Presence.People;
    }

    public RoomSummary Summary(Room room)
    {
        lock (_lock) return room.Summary;
    }
}
