using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeliosStarling.Protocol;

/// <summary>
/// A second implementation of the protocol's rules: slow, over a document, with the patterns of the protocol page. The reader is compared
/// with it.
/// </summary>
internal sealed partial class ReferenceReader
{
    private static readonly JsonDocumentOptions s_anyDepth = new() { MaxDepth = int.MaxValue };

    private readonly Dictionary<string, JsonElement> _fields = [];
    private readonly List<string> _faults = [];

    private ReferenceReader(byte[] input)
    {
        JsonElement root;
        try
        {
            root = JsonDocument.Parse(input, s_anyDepth).RootElement;
        }
        catch (JsonException)
        {
            Status = ReadStatus.Text;
            return;
        }

        Status = ReadStatus.Json;
        if (root.ValueKind != JsonValueKind.Object) return;
        Add("", root);
        if (Text("protocol") == HeliosProtocol.Name) Judge(input);
    }

    public ReadStatus Status { get; private set; }

    /// <summary>The code of the answer to an invalid message.</summary>
    public string? Code { get; private set; }

    /// <summary>The names of the faulty fields, in order.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public static ReferenceReader Read(byte[] input) => new(input);

    /// <summary>The raw JSON of a field, such as <c>notification.data</c>; empty when it is missing.</summary>
    public ReadOnlySpan<byte> Raw(string? name) =>
        name is not null && _fields.TryGetValue(name, out var value) ? JsonMarshal.GetRawUtf8Value(value) : default;

    public string? Text(string? name) =>
        name is not null && _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Text(value.GetString)
            : null;

    // A document has no text for lone surrogates and invalid UTF-8. The protocol compares no such texts.
    private static string Text(Func<string?> get)
    {
        try
        {
            return get()!;
        }
        catch (InvalidOperationException)
        {
            return "\ufffd";
        }
    }

    private void Add(string prefix, JsonElement owner)
    {
        foreach (var property in owner.EnumerateObject())
        {
            var name = prefix + Text(() => property.Name);
            var earlier = _fields.Keys.Where(key => key.StartsWith(name + ".", StringComparison.Ordinal)).ToArray();
            foreach (var inner in earlier) _fields.Remove(inner);
            _fields[name] = property.Value;
            if (name is "notification" or "error" && property.Value.ValueKind == JsonValueKind.Object) Add(name + ".", property.Value);
        }
    }

    private void Judge(byte[] input)
    {
        var type = Text("type");
        var id = type == "request" && IsUuid("requestId") ? Text("requestId") : null;
        Status = ReadStatus.Invalid;
        var version = Version().Match(Text("version") ?? "");
        if (version.Success && BigInteger.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture) != 1)
        {
            Code = ErrorCodes.ProtocolVersionMismatch;
            _faults.Add("version");
            return;
        }

        CheckEnvelope();
        CheckKind(type);
        var isTooDeep = Depth(input) > 64;
        Expect(!isTooDeep, "message");
        if (_faults.Count == 0) Status = ReadStatus.Message;
        else if (id is null || isTooDeep) Code = ErrorCodes.ProtocolViolation;
        else Code = _faults is ["method"] && Text("method") is not null ? ErrorCodes.MethodInvalidName : ErrorCodes.ProtocolInvalidMessage;
    }

    private void CheckEnvelope()
    {
        Expect(Version().IsMatch(Text("version") ?? ""), "version");
        Expect(IsCount("timestamp"), "timestamp");
        Expect(Text("type") is "request" or "response" or "notification" or "error" or "ack" or "ping", "type");
        Expect(Kind("metadata") is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object, "metadata");
        Expect(Kind("peer") is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Array), "peer");
    }

    private void CheckKind(string? type)
    {
        var isTied = type == "notification" && !IsAbsent("requestId");
        if (type is "request" or "response" || isTied) Expect(IsUuid("requestId"), "requestId");
        if (type == "ack" || (type == "ping" && !IsAbsent("messageId"))) Expect(IsUuid("messageId"), "messageId");
        if (type == "ack" && !IsAbsent("received")) Expect(IsCount("received"), "received");
        if (type == "request") Expect(Text("method") is { Length: <= 128 } method && Method().IsMatch(method), "method");
        if (type == "notification") CheckNotification();
        if (type == "response") CheckResponse();
        if (type == "error") CheckError();
    }

    private void CheckNotification()
    {
        if (Expect(Kind("notification") == JsonValueKind.Object, "notification") && !IsAbsent("notification.topic"))
            Expect(Text("notification.topic") is { Length: <= 256 } topic && Topic().IsMatch(topic), "notification.topic");
    }

    private void CheckResponse()
    {
        if (Kind("success") == JsonValueKind.True) Expect(IsAbsent("error"), "error");
        else if (Expect(Kind("success") == JsonValueKind.False, "success")) CheckError();
    }

    private void CheckError()
    {
        if (!Expect(Kind("error") == JsonValueKind.Object, "error")) return;
        Expect(Text("error.code") is { Length: <= 63 } code && ErrorCode().IsMatch(code), "error.code");
        Expect(Kind("error.message") == JsonValueKind.String, "error.message");
        if (Text("type") == "error") Expect(Text("error.severity") is "protocol" or "application", "error.severity");
    }

    private bool Expect(bool condition, string field)
    {
        if (!condition) _faults.Add(field);
        return condition;
    }

    private JsonValueKind Kind(string name) => _fields.TryGetValue(name, out var value) ? value.ValueKind : JsonValueKind.Undefined;

    private bool IsAbsent(string name) => Kind(name) is JsonValueKind.Undefined or JsonValueKind.Null;

    private bool IsUuid(string name) => Uuid().IsMatch(Text(name) ?? "");

    private bool IsCount(string name) =>
        Kind(name) == JsonValueKind.Number && _fields[name].GetRawText() is var text && Integer().IsMatch(text)
        && BigInteger.Parse(text, CultureInfo.InvariantCulture) is var number && number >= 0 && number <= long.MaxValue;

    private static int Depth(ReadOnlySpan<byte> json)
    {
        var (depth, deepest, isText) = (0, 0, false);
        for (var i = 0; i < json.Length; i++)
        {
            if (isText && json[i] == '\\') i++;
            else if (json[i] == '"') isText = !isText;
            else if (!isText && json[i] is (byte)'{' or (byte)'[') deepest = Math.Max(deepest, ++depth);
            else if (!isText && json[i] is (byte)'}' or (byte)']') depth--;
        }

        return deepest;
    }

    [GeneratedRegex(@"^([0-9]+)\.[0-9]+\.[0-9]+\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*(:[A-Za-z][A-Za-z0-9_]*)+\z")]
    private static partial Regex Method();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)*\z")]
    private static partial Regex Topic();

    [GeneratedRegex(@"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\z")]
    private static partial Regex ErrorCode();

    [GeneratedRegex(@"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^-?[0-9]+\z")]
    private static partial Regex Integer();
}
