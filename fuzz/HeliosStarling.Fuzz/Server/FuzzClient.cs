using System.Text;
using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling.Fuzz;

/// <summary>A client that a script drives. What it gets must be valid, whatever it sends.</summary>
internal sealed class FuzzClient : IDisposable
{
    private readonly PeerSocket _socket;
    private readonly ServerBytes _input;
    private readonly bool _resumes;
    private readonly RequestIds _ids;
    private readonly List<SeenToken> _tokens;
    private readonly HashSet<string> _expected = [];
    private readonly HashSet<string> _answered = [];
    private bool _isWelcome;

    public FuzzClient(PeerSocket socket, bool resumes, RequestIds ids, List<SeenToken> tokens)
    {
        (_socket, _resumes, _ids, _tokens) = (socket, resumes, ids, tokens);
        _input = new ServerBytes(Take);
    }

    public PeerSocket Socket => _socket;

    /// <summary>Whether it reads.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>Whether it has done nothing yet for which a server may leave its requests unanswered.</summary>
    public bool IsClean { get; set; } = true;

    /// <summary>How many messages it has got that count (docs/protocol.md section 7, rule 1).</summary>
    public long Counted { get; private set; }

    /// <summary>The last request that the server asked.</summary>
    public string LastAsked { get; private set; } = "3f2504e0-4f89-41d3-9a0c-0305e82c3399";

    /// <summary>How many messages it got.</summary>
    public long Messages { get; private set; }

    /// <summary>Whether the upgrade was answered, or never will be.</summary>
    public bool IsAnswered => _socket.IsOver || _input.Status != 0;

    /// <summary>Whether it may be waited for: the server owes it something and has no excuse.</summary>
    public bool IsOwed => IsClean && IsReading && !_socket.IsOver && (_input.Status is 0 or 101) && _expected.Count > 0;

    public string Owed => string.Join(' ', _expected);

    public void Expect(string id) => _expected.Add(id);

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Takes what has come.</summary>
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
                // It answers nothing any more.
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
                _expected.Remove(id);
                FindingException.Unless(!_ids.IsFresh(id) || _answered.Add(id), $"one response to {id}");
                TakeToken(in message);
                break;
            case MessageType.Request:
                LastAsked = id;
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

/// <summary>A recovery token that a client got.</summary>
/// <param name="Token">The token.</param>
/// <param name="Epoch">In which epoch its client counted; null when that was not said with it.</param>
/// <param name="Client">Who got it.</param>
internal sealed record SeenToken(string Token, string? Epoch, FuzzClient Client);
