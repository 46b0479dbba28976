namespace HeliosStarling.Samples.ChatConsole;

/// <summary>The chat in a terminal: what arrives is printed, what is typed is sent.</summary>
sealed class TerminalChat
{
    readonly StarlingClient _client;
    readonly Arguments _arguments;
    readonly TerminalJob _job;
    readonly TerminalRooms _rooms = new();

    public TerminalChat(StarlingClient client, Arguments arguments)
    {
        (_client, _arguments, _job) = (client, arguments, new TerminalJob(client));

        // What the server may ask this terminal.
        client.Method<Question, Introduction>("ui:introduce", (_, _) => new(arguments.Name, arguments.Role, TimeZoneInfo.Local.Id));
        client.Method<WaveFrom, WaveAnswer>("ui:wave", (wave, _) => WaveBack(wave));

        // What the server tells it.
        client.On<ChatMessage>("room:message", _rooms.Show);
        client.On<Presence>("room:people", _rooms.Show);
        client.On<Announcement>("announce:new", announcement => Console.WriteLine($"! {announcement.From} to all moderators: {announcement.Text}"));
    }

    public async Task EnterAsync()
    {
        var welcome = await _client.Request<Welcome>("chat:enter");
        Console.WriteLine($"{welcome.Greeting} Rooms: {string.Join(", ", welcome.Rooms.Select(room => room.Id))}. /help tells more.");
        await JoinAsync(_arguments.Room);
    }

    /// <summary>Does what one typed line says; false when it says to stop.</summary>
    public async Task<bool> HandleAsync(string line)
    {
        try
        {
            return await RunAsync(line.Trim().Split(' ', 2));
        }
        catch (HeliosException exception) when (exception.Code is not "CONNECTION_CLOSED")
        {
            Console.WriteLine($"! {exception.Message}");
            return true;
        }
    }

    async Task<bool> RunAsync(string[] words)
    {
        switch (words)
        {
            case ["/quit"]: return false;
            case ["/help"]: Console.WriteLine("/join room   /who   /job   /cancel   /quit   anything else is said to the room"); break;
            case ["/join", var room]: await JoinAsync(room); break;
            case ["/who"]: Console.WriteLine(_rooms.Who()); break;
            case ["/job"]: _job.Start(); break;
            case ["/cancel"]: await _job.CancelAsync(); break;
            case [['/', ..], ..]: Console.WriteLine($"! There is no {words[0]}."); break;
            case [""]: break;
            default: await _client.Request<ChatMessage>("room:send", new { Room = _rooms.Current, Text = string.Join(' ', words) }); break;
        }
        return true;
    }

    async Task JoinAsync(string room) => _rooms.Open(await _client.Request<RoomView>("room:join", new { Room = room }));

    static WaveAnswer WaveBack(WaveFrom wave)
    {
        Console.WriteLine($"* {wave.Name} waves at you; you wave back");
        return new WaveAnswer(Answered: true, Back: true);
    }
}
