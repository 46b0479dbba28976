using System.Globalization;
using System.Text;

namespace HeliosStarling.Fuzz;

/// <summary>Upgrade requests: plain, with resume, with recovery, and invalid ones.</summary>
internal sealed class UpgradeBytes
{
    private static readonly string[] s_numbers = ["0", "1", "-1", "65", "1000000", "9223372036854775807", "9223372036854775808", "abc", ""];

    private readonly StringBuilder _query = new("&");

    private UpgradeBytes()
    {
    }

    /// <summary>Whether the request asks for resume.</summary>
    public bool Resumes { get; private set; }

    /// <summary>Whether the request is valid.</summary>
    public bool IsSound { get; private set; } = true;

    public byte[] Bytes { get; private set; } = [];

    /// <summary>A valid request with this query.</summary>
    public static byte[] Of(string query) => Encoding.ASCII.GetBytes(Text(query, "13", ""));

    public static UpgradeBytes Next(Cursor choices, List<SeenToken> tokens)
    {
        var upgrade = new UpgradeBytes();
        upgrade.Choose(choices, tokens);
        return upgrade;
    }

    private void Choose(Cursor choices, List<SeenToken> tokens)
    {
        var mode = choices.Next(8);
        Resumes = mode is 1 or 2 or 4 or 5;
        if (Resumes) _query.Append("resume=1&");
        if (mode >= 3) AddToken(choices, tokens);
        if (mode == 3) _query.Append("&resume=2&received=x&&a=%zz&strict");
        IsSound = !choices.Flag(12);
        var extra = IsSound
            ? choices.Pick(["", "", "", "Sec-WebSocket-Protocol: helios-starling\r\n", "Origin: null\r\n"])
            : choices.Pick(["Origin: https://else.where\r\n", "X: \0\r\n", ": x\r\n", "Host: twice\r\n"]);
        Bytes = Encoding.Latin1.GetBytes(Text(_query.ToString(1, _query.Length - 1), IsSound || choices.Flag(2) ? "13" : "8", extra));
    }

    private void AddToken(Cursor choices, List<SeenToken> tokens)
    {
        if (tokens.Count == 0)
        {
            _query.Append("recover=").Append(choices.Pick(["", "x", "a.b.c", "a.b.c.d.e"]));
            return;
        }
        // One of the latest tokens.
        var seen = tokens[^(1 + choices.Next(Math.Min(tokens.Count, 6)))];
        var token = seen.Token;
        if (choices.Flag(10)) token = token[..^(1 + choices.Next(20))] + (choices.Flag(2) ? "A" : "");
        _query.Append("recover=").Append(token);
        if (Resumes && !choices.Flag(5))
            AddCounters(choices, tokens.FindLast(other => other.Client == seen.Client && other.Epoch is not null), seen);
        if (choices.Flag(3)) _query.Append("&instance=").Append(choices.Flag(2) ? choices.Pick(s_numbers) : "i");
        if (choices.Flag(3)) _query.Append("&attempt=").Append(choices.Flag(2) ? choices.Pick(s_numbers) : $"{tokens.Count}");
        if (choices.Flag(6)) _query.Append("&strict=1");
    }

    private void AddCounters(Cursor choices, SeenToken? welcome, SeenToken seen)
    {
        _query.Append("&epoch=").Append(choices.Flag(8) ? "other" : welcome?.Epoch ?? "none");
        var received = choices.Next(6) switch
        {
            0 => choices.Pick(s_numbers),
            1 => (seen.Client.Counted - 1).ToString(CultureInfo.InvariantCulture),
            _ => seen.Client.Counted.ToString(CultureInfo.InvariantCulture),
        };
        _query.Append("&received=").Append(received);
    }

    private static string Text(string query, string version, string extra) =>
        $"GET /helios{(query.Length > 0 ? "?" : "")}{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{extra}"
        + $"Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}
