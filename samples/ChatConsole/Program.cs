using HeliosStarling;
using HeliosStarling.Samples.ChatConsole;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(
        "Usage: ChatConsole [--url ws://localhost:5080/helios] [--name Ada] [--room lobby] [--role guest|moderator|admin]");
    return 2;
}

try
{
    await using var client = await StarlingClient.ConnectAsync(arguments.Url);
    var chat = new TerminalChat(client, arguments);
    await chat.EnterAsync();
    return await chat.RunAsync() ? 0 : 1;
}
catch (HeliosException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
