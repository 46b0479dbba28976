using System.Globalization;

namespace HeliosStarling.Peers;

/// <summary>Which peers to serve, where and how.</summary>
internal sealed record Settings
{
    public const string Helios = "helios";
    public const string SignalR = "signalr";
    public const string Raw = "raw";
    public const string Frames = "frames";
    public const string Usage = "Peers --urls http[s]://127.0.0.1:PORT [--only helios|signalr|raw|frames] [--listener lean|mapped] [--held SECONDS] [--watch-stdin]";

    private static readonly string[] s_all = [Helios, SignalR, Raw, Frames];

    public Uri Url { get; private init; } = new("http://127.0.0.1:5080");
    public IReadOnlyList<string> Served { get; private init; } = s_all;
    public string Listener { get; private init; } = "lean";

    /// <summary>How long <c>helios</c> holds a starling whose client is away. A broadcast visits held starlings too.</summary>
    public TimeSpan Held { get; private init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the end of the standard input ends the process.</summary>
    public bool WatchStdin { get; private init; }

    public bool IsSecure => Url.Scheme == "https";

    /// <summary>Whether the peer has its own sockets.</summary>
    public bool IsLean(string name) => Served.Contains(name) && Listener == "lean" && name is Helios or Frames;

    /// <summary>Whether the web application serves the peer.</summary>
    public bool IsMapped(string name) => Served.Contains(name) && !IsLean(name);

    /// <summary>Scheme, host and port. When several peers are served, lean ones take the ports after the web application's.</summary>
    public string AddressOf(string name) =>
        $"{Url.Scheme}://{Url.Host}:{Url.Port + (Served.Count == 1 || !IsLean(name) ? 0 : name == Helios ? 1 : 2)}";

    /// <exception cref="ArgumentException">An option or its value is unknown.</exception>
    public static Settings Parse(string[] args)
    {
        var settings = new Settings();
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--urls" => settings with { Url = UrlOf(Value(args, ++i)) },
                "--only" => settings with { Served = [OneOf(Value(args, ++i), s_all)] },
                "--listener" => settings with { Listener = OneOf(Value(args, ++i), "lean", "mapped") },
                "--held" => settings with { Held = SecondsOf(Value(args, ++i)) },
                "--watch-stdin" => settings with { WatchStdin = true },
                _ => throw new ArgumentException($"Unknown option {args[i]}."),
            };
        }
        return settings;
    }

    private static string Value(string[] args, int at) =>
        at < args.Length ? args[at] : throw new ArgumentException($"{args[^1]} needs a value.");

    private static string OneOf(string value, params string[] allowed) =>
        allowed.Contains(value) ? value : throw new ArgumentException($"'{value}' must be one of {string.Join(", ", allowed)}.");

    private static TimeSpan SecondsOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"'{value}' must be a whole number of seconds, at least 1.");

    private static Uri UrlOf(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", HostNameType: UriHostNameType.IPv4, PathAndQuery: "/" }
            ? url
            : throw new ArgumentException($"'{value}' must be one http or https address with an IPv4 host, such as http://127.0.0.1:5080.");
}
