using System.Globalization;
using System.Text;

namespace HeliosStarling;

/// <summary>Writes the answers of the lean listener to upgrade requests (RFC 9112).</summary>
internal static class UpgradeResponse
{
    /// <summary>Writes the answer 101. The next bytes belong to the WebSocket (RFC 6455 section 4.2.2).</summary>
    public static byte[] Accept(UpgradeAcceptance acceptance)
    {
        var text = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
        Append(text, "Sec-WebSocket-Accept", acceptance.AcceptKey!);
        if (acceptance.Subprotocol is { } subprotocol) Append(text, "Sec-WebSocket-Protocol", subprotocol);
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>Writes a refusal with its JSON body. The connection is closed after it.</summary>
    public static byte[] Refuse(Refusal refusal)
    {
        var body = refusal.ToJson();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {refusal.Status} {ReasonPhrase(refusal.Status)}\r\n");
        // RFC 9110 section 7.8: a message with the Upgrade header must list it in Connection.
        Append(text, "Connection", refusal.Headers.Any(header => header.Name == "Upgrade") ? "Upgrade, close" : "close");
        foreach (var (name, value) in refusal.Headers) Append(text, name, value);
        Append(text, "Content-Type", "application/json");
        Append(text, "Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
        return [.. Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), .. body];
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append(name).Append(": ").Append(value).Append("\r\n");

    // The phrase may be empty (RFC 9112 section 4). The statuses of the protocol have one.
    private static string ReasonPhrase(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "",
    };
}
