namespace HeliosStarling.Samples.ChatConsole;

// What the chat's server sends, as far as a terminal shows it.
sealed record Question(string Text);
sealed record Introduction(string Name, string Role, string TimeZone);
sealed record Person(string Id, string Name, string Role, string TimeZone);
sealed record Room(string Id, string Name, string About, int People);
sealed record Welcome(Person You, string Greeting, IReadOnlyList<Room> Rooms);
sealed record Presence(string Room, int Version, IReadOnlyList<Person> People, Person? Joined, Person? Left);
sealed record SharedFile(string Name, int Size);
sealed record ChatMessage(int Number, string Room, string From, string Name, string Text, DateTimeOffset At, SharedFile? File);
sealed record RoomView(Room Room, Presence Presence, IReadOnlyList<ChatMessage> Messages);
sealed record Announcement(string From, string Text);
sealed record WaveFrom(string Name);
sealed record WaveAnswer(bool Answered, bool Back);
sealed record JobProgress(int Percent);
sealed record Computed(int Below, int Primes);
