using System.Text;

namespace HeliosStarling.Wire;

/// <summary>A hand-made upgrade request. Each part can be invalid.</summary>
internal sealed record UpgradeRequest(string Target)
{
    // The sample of RFC 6455 section 1.3.
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    public const string AcceptKey = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>
    {
        ["Connection"] = "Upgrade",
        ["Upgrade"] = "websocket",
        ["Sec-WebSocket-Version"] = "13",
        ["Sec-WebSocket-Key"] = Key,
    };

    /// <summary>The Host header. Default the server's host.</summary>
    public string? Host { get; init; }

    public static UpgradeRequest Valid { get; } = new("/helios");

    public static UpgradeRequest PlainGet { get; } = new("/helios") { Headers = new Dictionary<string, string>() };

    public UpgradeRequest With(string name, string value) =>
        this with { Headers = new Dictionary<string, string>(Headers) { [name] = value } };

    public byte[] ToBytes(string host)
    {
        var text = new StringBuilder($"GET {Target} HTTP/1.1\r\nHost: {Host ?? host}\r\n");
        foreach (var (name, value) in Headers) text.Append($"{name}: {value}\r\n");
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }
}
