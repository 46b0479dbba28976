namespace HeliosStarling.Samples.ChatConsole;

/// <summary>Prints what happens in the rooms. Safe to call concurrently: messages come on the reader, answers elsewhere.</summary>
internal sealed class TerminalRooms
{
    private readonly Lock _lock = new();
    private readonly HashSet<(string Room, int Number)> _printed = [];
    private readonly Dictionary<string, Presence> _presences = [];

    /// <summary>The id of the room that is open.</summary>
    public string Current { get; private set; } = "";

    public void Open(RoomView view)
    {
        lock (_lock)
        {
            Current = view.Room.Id;
            IsNews_NeedsLock(view.Presence);
            Console.WriteLine($"-- {view.Room.Name}: {view.Room.About} --");
            _printed.RemoveWhere(message => message.Room != Current);
            foreach (var message in view.Messages) Show(message);
        }
    }

    public string Who()
    {
        lock (_lock) return string.Join(", ", _presences[Current].People.Select(person => person.Name));
    }

    public void Show(ChatMessage message)
    {
        lock (_lock)
        {
            if (!_printed.Add((message.Room, message.Number))) return;
            var text = message.File is { } file ? $"[{file.Name}, {(file.Size + 1023) / 1024} KB]" : message.Text;
            Console.WriteLine($"{message.At.ToLocalTime():HH:mm} {message.Name}: {text}");
        }
    }

    public void Show(Presence presence)
    {
        lock (_lock)
        {
            if (!IsNews_NeedsLock(presence) || presence.Room != Current) return;
            if (presence.Joined is { } joined) Console.WriteLine($"* {joined.Name} came in");
            if (presence.Left is { } left) Console.WriteLine($"* {left.Name} left");
        }
    }

    private bool IsNews_NeedsLock(Presence presence)
    {
        if (_presences.TryGetValue(presence.Room, out var known) && known.Version >= presence.Version) return false;
        _presences[presence.Room] = presence;
        return true;
    }
}
