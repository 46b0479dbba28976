namespace HeliosStarling.Samples.ChatConsole;

/// <summary>Where to go and as whom.</summary>
internal sealed record Arguments(Uri Url, string Name, string Room, string Role)
{
    /// <summary>Reads <c>--option value</c> pairs; null when something is not understood.</summary>
    public static Arguments? Parse(string[] args)
    {
        var parsed = new Arguments(new("ws://localhost:5080/helios"), Environment.UserName, "lobby", "guest");
        for (var index = 0; index < args.Length; index += 2)
        {
            if (index + 1 == args.Length || parsed.With(args[index], args[index + 1]) is not { } next) return null;
            parsed = next;
        }
        return parsed;
    }

    private Arguments? With(string option, string value) => option switch
    {
        "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url) => this with { Url = url },
        "--name" => this with { Name = value },
        "--room" => this with { Room = value },
        "--role" => this with { Role = value },
        _ => null,
    };
}
