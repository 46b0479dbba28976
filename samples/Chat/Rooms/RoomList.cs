using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>All rooms, in memory. Safe to call concurrently; a person is never in two rooms.</summary>
internal sealed class RoomList : IDisposable
{
    private readonly Lock _lock = new();

    // Groups are joined and left without the lock, so people move one after another: else somebody could be in a room and not in its group.
    private readonly SemaphoreSlim _moves = new(1);
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
    public async ValueTask<Move> MoveAsync(Starling starling, Person person, Room to, Action<RoomView> answer)
    {
        await _moves.WaitAsync();
        try
        {
            var left = FindRoomOf(person) == to ? null : await LeaveRoomAsync(starling, person);
            await starling.JoinAsync(to.Group);
            lock (_lock)
            {
                var entered = to.Has(person) ? null : to.Enter(person);
                answer(to.View);
                return new Move(left, entered);
            }
        }
        finally
        {
            _moves.Release();
        }
    }

    /// <summary>Takes a person out of the room they are in; null when they are in none.</summary>
    public async ValueTask<Presence?> LeaveAsync(Starling starling, Person person)
    {
        await _moves.WaitAsync();
        try
        {
            return await LeaveRoomAsync(starling, person);
        }
        finally
        {
            _moves.Release();
        }
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

    public void Dispose() => _moves.Dispose();

    private async ValueTask<Presence?> LeaveRoomAsync(Starling starling, Person person)
    {
        if (FindRoomOf(person) is not { } from) return null;
        await starling.LeaveAsync(from.Group);
        lock (_lock) return from.Leave(person);
    }

    private Room? FindRoomOf(Person person)
    {
        lock (_lock) return Array.Find(_rooms, room => room.Has(person));
    }
}
