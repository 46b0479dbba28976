namespace HeliosStarling.Samples.ChatConsole;

// What the chat's server sends, as far as a terminal shows it.
internal sealed record Introduction(string Name, string Role, string TimeZone);
internal sealed record Person(string Id, string Name, string Role, string TimeZone);
internal sealed record Room(string Id, string Name, string About, int People);
internal sealed record Welcome(Person You, string Greeting, IReadOnlyList<Room> Rooms);
internal sealed record Presence(string Room, int Version, IReadOnlyList<Person> People, Person? Joined, Person? Left);
internal sealed record SharedFile(string Name, int Size);
internal sealed record ChatMessage(int Number, string Room, string From, string Name, string Text, DateTimeOffset At, SharedFile? File);
internal sealed record RoomView(Room Room, Presence Presence, IReadOnlyList<ChatMessage> Messages);
internal sealed record Announcement(string From, string Text);
internal sealed record WaveFrom(string Name);
internal sealed record WaveAnswer(bool Answered, bool Back);
internal sealed record JobProgress(int Percent);
internal sealed record Computed(int Below, int Primes);
