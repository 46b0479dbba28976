namespace HeliosStarling.Protocol;

/// <summary>The code and message of an error. The message is cut to its maximum length.</summary>
internal readonly ref struct ErrorText
{
    private readonly ReadOnlySpan<char> _code;
    private readonly ReadOnlySpan<char> _message;

    public ErrorText(string code, string message)
    {
        _code = code;
        _message = Excerpt.Cut(message, ProtocolLimits.MaxErrorMessageLength);
        Length = JsonString.GetLength(_code) + JsonString.GetLength(_message);
    }

    /// <summary>The number of bytes that the escaped code and message need.</summary>
    public int Length { get; }

    // "code":"A","message":"…"
    public void WriteTo(ref FrameSpan frame)
    {
        frame.Write("\"code\":\""u8);
        frame.WriteEscaped(_code);
        frame.Write("\",\"message\":\""u8);
        frame.WriteEscaped(_message);
        frame.Write("\""u8);
    }
}
