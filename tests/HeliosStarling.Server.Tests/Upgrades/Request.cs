using System.Text;

namespace HeliosStarling.Upgrades;

/// <summary>Upgrade requests as text; the headers are those of the sample in RFC 6455 section 1.2.</summary>
internal static class Request
{
    public const string Sample =
        "GET /chat HTTP/1.1\r\n" +
        "Host: server.example.com\r\n" +
        "Upgrade: websocket\r\n" +
        "Connection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        "Origin: http://server.example.com\r\n" +
        "Sec-WebSocket-Protocol: chat, superchat\r\n" +
        "Sec-WebSocket-Version: 13\r\n" +
        "\r\n";

    /// <summary>A request with this first line and these header lines.</summary>
    public static string With(string requestLine, params string[] headers) => string.Join("\r\n", [requestLine, .. headers, "", ""]);

    public static HeadStatus Read(string text, out RequestHead? head, out Refusal? refusal) =>
        RequestHeadReader.TryRead(Encoding.Latin1.GetBytes(text), out head, out refusal);

    public static RequestHead Read(string text)
    {
        Assert.Equal(HeadStatus.Complete, Read(text, out var head, out _));
        return head!;
    }

    /// <summary>The sample with one header changed; null leaves it out.</summary>
    public static IUpgradeRequest SampleWith(string name, string? value)
    {
        var headers = new Dictionary<string, string>(Read(Sample).Headers, StringComparer.OrdinalIgnoreCase);
        if (value is null) headers.Remove(name);
        else headers[name] = value;
        return new RequestHead { Method = "GET", Path = "/chat", Query = "", Headers = headers, Size = 0 };
    }
}
