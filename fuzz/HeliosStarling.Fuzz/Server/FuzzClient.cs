using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Fuzz;

/// <summary>A client that a script drives. The server must send it valid messages, whatever the client sends.</summary>
internal sealed class FuzzClient : IDisposable
{
    private readonly PeerSocket _socket;
    private readonly ServerBytes _input;
    private readonly bool _resumes;
    private readonly RequestIds _ids;
    private readonly List<SeenToken> _tokens;
    private readonly HashSet<string> _open = [];
    private readonly HashSet<string> _answered = [];
    private bool _isWelcome;

    public FuzzClient(PeerSocket socket, bool resumes, RequestIds ids, List<SeenToken> tokens)
    {
        (_socket, _resumes, _ids, _tokens) = (socket, resumes, ids, tokens);
        _input = new ServerBytes(Take);
    }

    public PeerSocket Socket => _socket;

    /// <summary>Whether the client reads.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>False after the client has sent something that allows the server to leave requests unanswered.</summary>
    public bool IsClean { get; set; } = true;

    /// <summary>The number of received messages that count (docs/protocol.md section 7, rule 1).</summary>
    public long Counted { get; private set; }

    /// <summary>The id of the server's last request.</summary>
    public string LastRequestId { get; private set; } = "3f2504e0-4f89-41d3-9a0c-0305e82c3399";

    /// <summary>The number of received messages.</summary>
    public long Messages { get; private set; }

    /// <summary>Whether the upgrade was answered, or never will be.</summary>
    public bool IsAnswered => _socket.IsOver || _input.Status != 0;

    /// <summary>Whether the server still has to answer requests of this client.</summary>
    public bool HasOpenRequests => IsClean && IsReading && !_socket.IsOver && (_input.Status is 0 or 101) && _open.Count > 0;

    public string OpenRequests => string.Join(' ', _open);

    public void Expect(string id) => _open.Add(id);

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Reads what has arrived.</summary>
    public void Poll(Span<byte> buffer)
    {
        _socket.Flush();
        while (IsReading && _socket.Receive(buffer) is { IsEmpty: false } bytes) _input.Add(bytes);
    }

    public void Dispose() => _socket.Dispose();

    private void Take(byte opcode, byte[] payload)
    {
        switch (opcode)
        {
            case 1:
                Messages++;
                TakeText(payload);
                break;
            case 2:
                Messages++;
                Counted++;
                break;
            case 8:
                // The server answers nothing after its close frame.
                IsClean = false;
                break;
            case 9 when IsClean:
                _socket.Send(ClientBytes.Frame(0x8A, payload, 1));
                break;
        }
    }

    private void TakeText(byte[] utf8)
    {
        var status = MessageReader.Read(utf8, out var message, out var violation);
        FindingException.Unless(violation is null, $"a valid message of the server, not {Encoding.UTF8.GetString(utf8)}");
        if (_resumes && !_isWelcome) TakeWelcome(status, in message, utf8);
        else if (status != ReadStatus.Message) TakePlain(utf8);
        else TakeMessage(in message);
    }

    private void TakeWelcome(ReadStatus status, in Message message, byte[] utf8)
    {
        _isWelcome = status == ReadStatus.Message
            && Encoding.ASCII.GetString(message.Name.Span) is "connection:established" or "connection:recovered";
        FindingException.Unless(_isWelcome, $"a welcome before everything else, not {Encoding.UTF8.GetString(utf8)}");
        TakeToken(in message);
    }

    private void TakePlain(byte[] utf8)
    {
        Counted++;
        FindingException.Unless(
            utf8.AsSpan().StartsWith("app"u8) || utf8.AsSpan().StartsWith("{\"app\""u8),
            $"text of the application, not {Encoding.UTF8.GetString(utf8)}");
    }

    private void TakeMessage(in Message message)
    {
        if (message.Type != MessageType.Ack) Counted++;
        FindingException.Unless(message.Type != MessageType.Ping, "no ping message");
        var id = Encoding.ASCII.GetString(message.IdText.Span);
        switch (message.Type)
        {
            case MessageType.Response:
                _open.Remove(id);
                FindingException.Unless(!_ids.IsFresh(id) || _answered.Add(id), $"one response to {id}");
                TakeToken(in message);
                break;
            case MessageType.Request:
                LastRequestId = id;
                break;
            case MessageType.Notification:
                if (message.Name.Span.SequenceEqual("connection:missed"u8)) Counted += Property(in message, "missed")?.GetInt64() - 1 ?? 0;
                TakeToken(in message);
                break;
        }
    }

    private void TakeToken(in Message message)
    {
        if (Property(in message, "token")?.GetString() is { } token)
            _tokens.Add(new SeenToken(token, Property(in message, "epoch")?.GetString(), this));
    }

    private static JsonElement? Property(in Message message, string name) =>
        message.Data.Length > 2 && message.Data.Span[0] == '{' && JsonElement.Parse(message.Data.Span).TryGetProperty(name, out var value)
            ? value
            : null;
}

/// <summary>A recovery token that a client received.</summary>
/// <param name="Token">The token.</param>
/// <param name="Epoch">The epoch, if the same message named one.</param>
/// <param name="Client">The client.</param>
internal sealed record SeenToken(string Token, string? Epoch, FuzzClient Client);
