using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>A room in the list of rooms.</summary>
internal sealed record RoomSummary(string Id, string Name, string About, int People, int LastMessage);

/// <summary>Who is in a room after somebody came or went: the whole list each time, so that a missed one does no harm.</summary>
/// <param name="Room">The room's id.</param>
/// <param name="Version">Counts up; an older one than the last is out of date.</param>
/// <param name="People">Everyone in the room, in the order in which they came.</param>
/// <param name="Joined">Who came.</param>
/// <param name="Left">Who went.</param>
internal sealed record Presence(string Room, int Version, IReadOnlyList<Person> People, Person? Joined = null, Person? Left = null);

/// <summary>What somebody sees who comes in: the room, who is here, and the last messages.</summary>
internal sealed record RoomView(RoomSummary Room, Presence Presence, IReadOnlyList<ChatMessage> Messages);

/// <summary>Somebody went from one room to another; what did not change is null.</summary>
internal sealed record Move(Presence? Left, Presence? Entered);
