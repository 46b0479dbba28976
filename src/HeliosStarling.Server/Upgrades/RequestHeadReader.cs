using System.Text;

namespace HeliosStarling;

/// <summary>Reads the head of an HTTP/1.1 request (RFC 9112). It refuses everything that parsers could understand differently.</summary>
internal static class RequestHeadReader
{
    private static readonly Refusal s_notHttp = Refusals.BadHead("This is no HTTP/1.1 request.");
    private static readonly Refusal s_badRequestLine = Refusals.BadHead("The request line must be: method, target, HTTP/1.1.");
    private static readonly Refusal s_bareLineEnd = Refusals.BadHead("Lines must end with CR and LF.");
    private static readonly Refusal s_badHeader = Refusals.BadHead("A header line is malformed.");
    private static readonly Refusal s_badHost = Refusals.BadHead("There must be one valid Host header, equal to the target's host.");
    private static readonly Refusal s_body = Refusals.BadHead("The request must have no body.");

    /// <summary>Reads the head at the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">All received bytes of the connection. At most <see cref="RequestHead.MaxSize"/> bytes are needed.</param>
    /// <param name="head">The head when it is complete, else null.</param>
    /// <param name="refusal">The refusal when the head is invalid, else null.</param>
    public static HeadStatus TryRead(ReadOnlySpan<byte> bytes, out RequestHead? head, out Refusal? refusal)
    {
        head = null;
        refusal = null;
        if (bytes.IsEmpty) return HeadStatus.Incomplete;

        if (!HttpSyntax.IsToken(bytes[..1]))
        {
            // The client uses another protocol, for example TLS. More bytes would not change that.
            refusal = s_notHttp;
            return HeadStatus.Invalid;
        }

        var window = bytes[..Math.Min(bytes.Length, RequestHead.MaxSize)];
        var end = window.IndexOf("\r\n\r\n"u8);
        refusal = CheckLineEnds(end < 0 ? window : window[..(end + 4)]);
        if (refusal is not null) return HeadStatus.Invalid;
        if (end >= 0) refusal = ReadLines(window[..end], out head);
        else if (window.Length == RequestHead.MaxSize) refusal = Refusals.HeadTooLarge;
        else return HeadStatus.Incomplete;
        return refusal is null ? HeadStatus.Complete : HeadStatus.Invalid;
    }

    /// <summary>Refuses an incomplete head that cannot become valid, because its client may already wait for an answer.</summary>
    /// <remarks>The request line is checked before the headers, so that further bytes do not change the answer.</remarks>
    private static Refusal? CheckLineEnds(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf("\r\n"u8);
        if (end < 0) return HasBareLineEnd(head) ? s_bareLineEnd : null;
        if (HasBareLineEnd(head[..(end + 2)])) return s_bareLineEnd;
        if (ReadRequestLine(head[..end], out _, out _) is { } badLine) return badLine;
        return HasBareLineEnd(head[(end + 2)..]) ? s_bareLineEnd : null;
    }

    /// <summary>
    /// Whether there is a CR without LF or an LF without CR. A CR at the end is allowed, because the next byte is unknown.
    /// </summary>
    private static bool HasBareLineEnd(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0 || (end == bytes.Length - 1 && bytes[end] == '\r')) return false;
            if (!bytes[end..].StartsWith("\r\n"u8)) return true;
            bytes = bytes[(end + 2)..];
        }
    }

    private static Refusal? ReadLines(ReadOnlySpan<byte> lines, out RequestHead? head)
    {
        head = null;
        var size = lines.Length + 4;
        if (ReadRequestLine(TakeLine(ref lines), out var method, out var target) is { } badLine) return badLine;
        if (ReadHeaders(lines, out var headers) is { } badHeader) return badHeader;
        if (CheckHeaders(headers) is { } refused) return refused;
        if (ReadTarget(target, headers["Host"], out var path, out var query) is { } badTarget) return badTarget;

        head = new RequestHead { Method = method, Path = path, Query = query, Headers = headers, Size = size };
        return null;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOf("\r\n"u8);
        var line = end < 0 ? lines : lines[..end];
        lines = end < 0 ? default : lines[(end + 2)..];
        return line;
    }

    private static Refusal? ReadRequestLine(ReadOnlySpan<byte> line, out string method, out string target)
    {
        method = target = "";
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first < 0 || last == first) return s_badRequestLine;

        var version = line[(last + 1)..];
        var bytes = line[(first + 1)..last];
        if (!version.StartsWith("HTTP/"u8) || !HttpSyntax.IsToken(line[..first]) || !HttpSyntax.IsTarget(bytes)) return s_badRequestLine;
        if (!version.SequenceEqual("HTTP/1.1"u8)) return Refusals.HttpVersion;

        method = Encoding.ASCII.GetString(line[..first]);
        target = Encoding.ASCII.GetString(bytes);
        return null;
    }

    private static Refusal? ReadHeaders(ReadOnlySpan<byte> lines, out Dictionary<string, string> headers)
    {
        headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var count = 0; !lines.IsEmpty; count++)
        {
            if (count == RequestHead.MaxHeaders) return Refusals.HeadTooLarge;
            var line = TakeLine(ref lines);
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !HttpSyntax.IsToken(line[..colon]) || !HttpSyntax.IsFieldValue(line[colon..])) return s_badHeader;
            Add(headers, Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8)));
        }

        return null;
    }

    private static void Add(Dictionary<string, string> headers, string name, string value)
    {
        // RFC 9110 section 5.3. Cookies are joined as in RFC 6265 section 5.4.
        var separator = name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? "; " : ", ";
        headers[name] = headers.TryGetValue(name, out var before) ? before + separator + value : value;
    }

    private static Refusal? CheckHeaders(Dictionary<string, string> headers)
    {
        // A repeated Host header has been joined with a comma, which is not allowed in a host.
        if (!headers.TryGetValue("Host", out var host) || !Authority.TryParse(host, out _)) return s_badHost;
        if (headers.ContainsKey("Transfer-Encoding")) return s_body;
        return headers.TryGetValue("Content-Length", out var length) && length != "0" ? s_body : null;
    }

    // The form is /path?query, or http://host/path?query as RFC 9112 section 3.2.2 requires.
    private static Refusal? ReadTarget(string target, string host, out string path, out string query)
    {
        path = query = "";
        var rest = target.AsSpan();
        if (rest[0] != '/' && SkipAuthority(ref rest, host) is { } refusal) return refusal;

        var mark = rest.IndexOf('?');
        if (mark >= 0) query = rest[(mark + 1)..].ToString();
        path = mark < 0 ? rest.ToString() : rest[..mark].ToString();
        if (path.Length == 0) path = "/";
        return null;
    }

    private static Refusal? SkipAuthority(ref ReadOnlySpan<char> target, string host)
    {
        var isWeb = target.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isWeb) return s_badRequestLine;

        target = target[(target.IndexOf("://") + 3)..];
        var end = target.IndexOfAny('/', '?');
        var authority = end < 0 ? target : target[..end];
        target = end < 0 ? default : target[end..];
        return authority.Equals(host, StringComparison.OrdinalIgnoreCase) ? null : s_badHost;
    }
}
