using System.Text;

namespace HeliosStarling.Upgrades;

/// <summary>The lean listener's answers, byte by byte.</summary>
public class UpgradeResponseTests
{
    [Fact]
    public void Accept_WithSubprotocol_IsThis() => Assert.Equal(
        "HTTP/1.1 101 Switching Protocols\r\n" +
        "Connection: Upgrade\r\n" +
        "Upgrade: websocket\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
        "Sec-WebSocket-Protocol: helios-starling\r\n" +
        "\r\n",
        Accept("helios-starling, helios.recover.secret"));

    // RFC 6455 4.2.2: no header when none is selected.
    [Fact]
    public void Accept_WithoutSubprotocol_IsThis() => Assert.Equal(
        "HTTP/1.1 101 Switching Protocols\r\n" +
        "Connection: Upgrade\r\n" +
        "Upgrade: websocket\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
        "\r\n",
        Accept("chat"));

    [Fact]
    public void Refuse_NotAnUpgrade_IsThis() => Assert.Equal(
        "HTTP/1.1 400 Bad Request\r\n" +
        "Connection: close\r\n" +
        "Access-Control-Allow-Origin: *\r\n" +
        "Access-Control-Expose-Headers: Retry-After\r\n" +
        "Content-Type: application/json\r\n" +
        "Content-Length: 122\r\n" +
        "\r\n" +
        """{"error":{"code":"CONNECTION_REJECTED","message":"This address speaks WebSocket only: send a WebSocket upgrade request."}}""",
        Refuse(Refusals.NotAnUpgrade));

    // RFC 6455 4.4 and RFC 9110 15.5.22
    [Fact]
    public void Refuse_AnotherVersion_IsThis() => Assert.Equal(
        "HTTP/1.1 426 Upgrade Required\r\n" +
        "Connection: Upgrade, close\r\n" +
        "Access-Control-Allow-Origin: *\r\n" +
        "Access-Control-Expose-Headers: Retry-After\r\n" +
        "Sec-WebSocket-Version: 13\r\n" +
        "Upgrade: websocket\r\n" +
        "Content-Type: application/json\r\n" +
        "Content-Length: 86\r\n" +
        "\r\n" +
        """{"error":{"code":"CONNECTION_REJECTED","message":"Sec-WebSocket-Version must be 13."}}""",
        Refuse(Refusals.WebSocketVersion(isHttp2: false)));

    [Fact]
    public void Refuse_ConnectionLimit_IsThis() => Assert.Equal(
        "HTTP/1.1 503 Service Unavailable\r\n" +
        "Connection: close\r\n" +
        "Access-Control-Allow-Origin: *\r\n" +
        "Access-Control-Expose-Headers: Retry-After\r\n" +
        "Retry-After: 3\r\n" +
        "Content-Type: application/json\r\n" +
        "Content-Length: 96\r\n" +
        "\r\n" +
        """{"error":{"code":"CONNECTION_LIMIT","message":"The server has no room for another connection."}}""",
        Refuse(Refusals.ConnectionLimit(TimeSpan.FromSeconds(2.5))));

    [Fact]
    public void Refuse_MessageWithQuotes_IsValidJson()
    {
        var body = new Refusal(403, "AUTH_FAILED", "a \"quoted\"\r\nline").ToJson();

        using var json = System.Text.Json.JsonDocument.Parse(body);
        Assert.Equal("a \"quoted\"\r\nline", json.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    private static string Accept(string subprotocols)
    {
        UpgradeRules.CheckHandshake(Request.SampleWith("Sec-WebSocket-Protocol", subprotocols), out var acceptance);
        return Encoding.ASCII.GetString(UpgradeResponse.Accept(acceptance!));
    }

    private static string Refuse(Refusal refusal) => Encoding.UTF8.GetString(UpgradeResponse.Refuse(refusal));
}
