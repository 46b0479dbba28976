using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Fuzz;

/// <summary>A normal client that must get exactly its own messages, whatever other clients do.</summary>
internal sealed class VerifyingClient : IDisposable
{
    private readonly FuzzServer _server;
    private readonly PeerSocket _socket;
    private readonly ServerBytes _input;
    private readonly bool _resumes;
    private readonly Queue<string> _texts = [];
    private long _asked;
    private long _counted;

    public VerifyingClient(FuzzServer server, bool resumes)
    {
        (_server, _resumes) = (server, resumes);
        _socket = new PeerSocket(server.EndPoint, IPAddress.Loopback);
        _input = new ServerBytes(Take);
        _socket.Send(UpgradeBytes.Of(resumes ? "resume=1" : ""));
    }

    public PeerSocket Socket => _socket;

    /// <summary>Joins the group of the verifying clients.</summary>
    public void JoinGroup()
    {
        if (_resumes) ReadText();
        // The first frame, the welcome, is not counted.
        _counted = 0;
        Send(Request(0, "client:id", "null"));
        var id = JsonElement.Parse(ReadText()).GetProperty("data").GetString()!;
        _server.Helios.Starlings.GetById(id)!.JoinAsync(FuzzMethods.VerifyingGroup).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Sends a request.</summary>
    public void Ask() => Send(Request(++_asked, "text:echo", $"\"verifying {_asked}\""));

    /// <summary>Expects the answer to the last request, and nothing before it.</summary>
    public void ExpectAnswer() =>
        Expect($"\"type\":\"response\",\"requestId\":\"{Id(_asked)}\",\"success\":true,\"data\":\"verifying {_asked}\"");

    /// <summary>Expects the broadcast to the group, and nothing before it.</summary>
    public void ExpectBroadcast(long number) =>
        Expect($"\"type\":\"notification\",\"notification\":{{\"topic\":\"group:broadcast\",\"data\":{number}}}");

    /// <summary>Acknowledges everything received.</summary>
    public void Acknowledge()
    {
        FindingException.Unless(_texts.Count == 0, $"nothing more for a verifying client than {string.Join(' ', _texts)}");
        if (_resumes) SendAck();
    }

    public void Poll(Span<byte> buffer)
    {
        while (_socket.Receive(buffer) is { IsEmpty: false } bytes) _input.Add(bytes);
        FindingException.Unless(!_socket.IsOver, "a verifying client keeps its connection");
    }

    public void Dispose() => _socket.Dispose();

    private static string Id(long number) => string.Create(CultureInfo.InvariantCulture, $"11111111-0000-4000-8000-{number:d12}");

    private static string Message(string fields) => $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,{{fields}}}""";

    private static string Request(long number, string method, string payload) =>
        Message($"\"type\":\"request\",\"requestId\":\"{Id(number)}\",\"method\":\"{method}\",\"payload\":{payload}");

    private void Send(string message) => _socket.Send(ClientBytes.Frame(0x81, Encoding.UTF8.GetBytes(message), 5));

    private void Expect(string fields)
    {
        var due = $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":{{_server.Time.GetUtcNow().ToUnixTimeMilliseconds()}},{{fields}}}""";
        var got = ReadText();
        FindingException.Unless(got == due, $"for a verifying client {due}, not {got}");
    }

    private void SendAck() => Send(Message($"\"type\":\"ack\",\"messageId\":\"{Id(0)}\",\"received\":{_counted}"));

    private string ReadText()
    {
        if (_texts.Count == 0)
            _server.Until(() => _texts.Count > 0, () => $"an answer to a verifying client{(_resumes ? " with resume" : "")}", []);
        return _texts.Dequeue();
    }

    private void Take(byte opcode, byte[] payload)
    {
        if (opcode == 9)
        {
            _socket.Send(ClientBytes.Frame(0x8A, payload, 5));
            return;
        }
        var text = opcode == 1 ? Encoding.UTF8.GetString(payload) : $"opcode {opcode} {Encoding.UTF8.GetString(payload)}";
        if (_resumes && text.Contains("\"type\":\"ack\"", StringComparison.Ordinal)) return;
        _counted++;
        // Arrives when the clock is advanced; no test waits for it.
        if (_resumes && text.Contains("\"topic\":\"state:token\"", StringComparison.Ordinal)) SendAck();
        else _texts.Enqueue(text);
    }
}
