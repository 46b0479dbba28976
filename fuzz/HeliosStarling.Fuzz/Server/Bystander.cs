using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Fuzz;

/// <summary>A client that behaves, and gets exactly what is its, whatever others do.</summary>
internal sealed class Bystander : IDisposable
{
    private readonly FuzzServer _server;
    private readonly PeerSocket _socket;
    private readonly ServerBytes _input;
    private readonly bool _resumes;
    private readonly Queue<string> _texts = [];
    private long _asked;
    private long _counted;

    public Bystander(FuzzServer server, bool resumes)
    {
        (_server, _resumes) = (server, resumes);
        _socket = new PeerSocket(server.EndPoint, IPAddress.Loopback);
        _input = new ServerBytes(Take);
        _socket.Send(UpgradeBytes.Of(resumes ? "resume=1" : ""));
    }

    public PeerSocket Socket => _socket;

    /// <summary>Joins the group of bystanders.</summary>
    public void Settle()
    {
        if (_resumes) ReadText();
        // The first frame, the welcome, is not counted.
        _counted = 0;
        Send(Request(0, "who:am", "null"));
        var id = JsonElement.Parse(ReadText()).GetProperty("data").GetString()!;
        _server.Helios.Starlings.GetById(id)!.JoinAsync(FuzzMethods.Bystanders).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Asks something.</summary>
    public void Ask() => Send(Request(++_asked, "text:echo", $"\"bystander {_asked}\""));

    /// <summary>Gets the answer to what it asked last, and nothing before it.</summary>
    public void HearAnswer() =>
        Expect($"\"type\":\"response\",\"requestId\":\"{Id(_asked)}\",\"success\":true,\"data\":\"bystander {_asked}\"");

    /// <summary>Gets what was said to the group, and nothing before it.</summary>
    public void Hear(long number) => Expect($"\"type\":\"notification\",\"notification\":{{\"topic\":\"group:said\",\"data\":{number}}}");

    /// <summary>Acknowledges all that it got.</summary>
    public void Acknowledge()
    {
        FindingException.Unless(_texts.Count == 0, $"nothing more for a bystander than {string.Join(' ', _texts)}");
        if (_resumes) SendAck();
    }

    public void Poll(Span<byte> buffer)
    {
        while (_socket.Receive(buffer) is { IsEmpty: false } bytes) _input.Add(bytes);
        FindingException.Unless(!_socket.IsOver, "a bystander keeps its connection");
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
        FindingException.Unless(got == due, $"for a bystander {due}, not {got}");
    }

    private void SendAck() => Send(Message($"\"type\":\"ack\",\"messageId\":\"{Id(0)}\",\"received\":{_counted}"));

    private string ReadText()
    {
        if (_texts.Count == 0)
            _server.Until(() => _texts.Count > 0, () => $"an answer to a bystander{(_resumes ? " with resume" : "")}", []);
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
        // Comes when the clock is turned, with nobody who waits for it.
        if (_resumes && text.Contains("\"topic\":\"state:token\"", StringComparison.Ordinal)) SendAck();
        else _texts.Enqueue(text);
    }
}
