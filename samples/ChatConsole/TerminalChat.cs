namespace HeliosStarling.Samples.ChatConsole;

/// <summary>The chat in a terminal: what arrives is printed, what is typed is sent.</summary>
internal sealed class TerminalChat
{
    private readonly StarlingClient _client;
    private readonly Arguments _arguments;
    private readonly TerminalJob _job;
    private readonly TerminalRooms _rooms = new();
    private readonly TaskCompletionSource _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TerminalChat(StarlingClient client, Arguments arguments)
    {
        (_client, _arguments, _job) = (client, arguments, new TerminalJob(client));

        // What the server may ask this terminal.
        client.Method("ui:introduce", IntroduceAsync);
        client.Method<WaveFrom, WaveAnswer>("ui:wave", (wave, _) => WaveBack(wave));

        // What the server tells it.
        client.On<ChatMessage>("room:message", _rooms.Show);
        client.On<Presence>("room:people", _rooms.Show);
        client.On<Announcement>("announce:new", news => Console.WriteLine($"! {news.From} to all moderators: {news.Text}"));

        client.Events.On<ClientDisconnected>("starling:disconnected", ended =>
        {
            if (ended.Code != 1000) Console.WriteLine($"! The connection has ended: {ended.Reason}");
            _disconnected.TrySetResult();
        });
    }

    public async Task EnterAsync()
    {
        var welcome = await _client.Request<Welcome>("chat:enter");
        Console.WriteLine($"{welcome.Greeting} Rooms: {string.Join(", ", welcome.Rooms.Select(room => room.Id))}. /help tells more.");
        await JoinAsync(_arguments.Room);
    }

    /// <summary>Does what is typed, line by line, to the end of the input or of the connection; false when it was the latter.</summary>
    public async Task<bool> RunAsync()
    {
        while (true)
        {
            // Reading a line blocks its thread, so it gets one of its own.
            var line = Task.Run(Console.In.ReadLine);
            if (await Task.WhenAny(line, _disconnected.Task) != line) return false;
            if (await line is not { } text || !await HandleAsync(text)) return true;
        }
    }

    private async Task<bool> HandleAsync(string line)
    {
        try
        {
            return await DoAsync(line.Trim().Split(' ', 2));
        }
        catch (HeliosException exception)
        {
            Console.WriteLine($"! {exception.Message}");
            return true;
        }
    }

    private async Task<bool> DoAsync(string[] words)
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

    private async Task JoinAsync(string room) => _rooms.Open(await _client.Request<RoomView>("room:join", new { Room = room }));

    private ValueTask IntroduceAsync(ClientRequestContext context)
    {
        context.Success(new Introduction(_arguments.Name, _arguments.Role, TimeZoneInfo.Local.Id));
        return ValueTask.CompletedTask;
    }

    private static WaveAnswer WaveBack(WaveFrom wave)
    {
        Console.WriteLine($"* {wave.Name} waves at you; you wave back");
        return new WaveAnswer(Answered: true, Back: true);
    }
}
