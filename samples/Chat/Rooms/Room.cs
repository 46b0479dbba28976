using HeliosStarling.Samples.Chat.People;

namespace HeliosStarling.Samples.Chat.Rooms;

/// <summary>One room: who is in it and what was last said. Guarded by the lock of <see cref="RoomList"/>.</summary>
internal sealed class Room(string id, string name, string about)
{
    private const int MessagesKept = 50;

    private readonly List<Person> _people = [];
    private readonly Queue<ChatMessage> _messages = new();
    private int _lastMessage;
    private int _version;

    public string Id => id;

    /// <summary>The group of the starlings in this room: a broadcast to it costs what the room holds, not what the server holds.</summary>
    public string Group { get; } = $"room:{id}";

    public RoomSummary Summary => new(id, name, about, _people.Count, _lastMessage);
    public RoomView View => new(Summary, new Presence(id, _version, [.. _people]), [.. _messages]);

    public bool Has(Person person) => _people.Any(other => other.Id == person.Id);

    public Presence Enter(Person person)
    {
        _people.Add(person);
        return new Presence(id, ++_version, [.. _people], Joined: person);
    }

    public Presence Leave(Person person)
    {
        _people.RemoveAll(other => other.Id == person.Id);
        return new Presence(id, ++_version, [.. _people], Left: person);
    }

    public ChatMessage Add(ChatMessage message)
    {
        var numbered = message with { Number = ++_lastMessage, Room = id };
        _messages.Enqueue(numbered);
        if (_messages.Count > MessagesKept) _messages.Dequeue();
        return numbered;
    }
}
