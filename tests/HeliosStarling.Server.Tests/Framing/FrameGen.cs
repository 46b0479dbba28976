using System.Text.Unicode;
using CsCheck;

namespace HeliosStarling.Framing;

/// <summary>Random client frames, mostly valid.</summary>
internal static class FrameGen
{
    private static readonly Gen<byte[]> s_utf8 =
        Gen.OneOf(Gen.String, Gen.String[Gen.Char.AlphaNumeric, 0, 300], Gen.Const("aé€😀")).Select(System.Text.Encoding.UTF8.GetBytes);

    private static readonly Gen<byte[]> s_bytes = Gen.Frequency(
        (6, Gen.Byte.Array[0, 60]),
        (3, Gen.Byte.Array[0, 400]),
        (1, Gen.Int[4_000, 70_000].Select(length => Enumerable.Range(0, length).Select(i => (byte)(i % 128)).ToArray())));

    /// <summary>A text or binary message in one or more frames, with pings and pongs between them.</summary>
    /// <remarks>An empty fragment never ends broken text, because the framework accepts that; <see cref="Utf8Tests"/> tests it.</remarks>
    public static Gen<ClientFrame[]> Message { get; } =
        from isText in Gen.Bool
        from payload in Gen.Frequency((9, isText ? s_utf8 : s_bytes), (1, s_bytes))
        from size in Gen.Frequency((3, Gen.Const(int.MaxValue / 2)), (3, Gen.Int[1, 200]), (1, Gen.Int[1000, 10_000]))
        from controls in Control.Array[0, 2]
        from emptyTail in Gen.Bool
        select Interleave(Split(isText ? (byte)1 : (byte)2, payload, size, emptyTail && Utf8.IsValid(payload)), controls);

    /// <summary>A ping or pong.</summary>
    public static Gen<ClientFrame> Control =>
        from ping in Gen.Bool
        from payload in Gen.Byte.Array[0, 125]
        select ping ? ClientFrame.Ping(payload) : ClientFrame.Pong(payload);

    /// <summary>A close frame, its code allowed or not.</summary>
    public static Gen<ClientFrame> Close { get; } = Gen.OneOf(
        Gen.Const(new ClientFrame(8, [])),
        Gen.Const(new ClientFrame(8, [3])),
        Gen.Select(Gen.Int[900, 5100].Where(code => code is not (1012 or 1013 or 1014)), Gen.String[Gen.Char.AlphaNumeric, 0, 30])
            .Select((code, reason) => ClientFrame.Close(code, reason)));

    /// <summary>A frame that no client may send.</summary>
    public static Gen<ClientFrame> Broken { get; } = Gen.OneOf(
        Gen.Const(ClientFrame.Text("unmasked") with { Mask = null }),
        Gen.Byte[1, 7].Select(bits => ClientFrame.Text("reserved") with { ReservedBits = bits }),
        Gen.Byte[3, 7].Select(opcode => new ClientFrame(opcode, [1, 2])),
        Gen.Byte[0xB, 0xF].Select(opcode => new ClientFrame(opcode, [1, 2])),
        Gen.Byte[8, 0xA].Select(opcode => new ClientFrame(opcode, new byte[126])),
        Gen.Byte[8, 0xA].Select(opcode => new ClientFrame(opcode, []) { Fin = false }),
        Gen.Const(ClientFrame.Continuation(1, 2, 3)),
        Gen.Const(ClientFrame.Text("unfinished") with { Fin = false }));

    /// <summary>A stream of frames as bytes, sometimes with a fault or a close in it, sometimes cut off.</summary>
    public static Gen<byte[]> Bytes { get; } =
        from parts in Gen.Frequency(
            (12, Message),
            (1, Close.Select(frame => new[] { frame })),
            (1, Broken.Select(frame => new[] { frame }))).Array[0, 8]
        from mask in Gen.Byte.Array[4]
        from cutOff in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[0, 100]))
        let bytes = ClientFrame.Join(parts.SelectMany(frames => frames).Select(f => f.Mask is null ? f : f with { Mask = mask }))
        select bytes[..Math.Max(0, bytes.Length - cutOff)];

    private static ClientFrame[] Split(byte opcode, byte[] payload, int size, bool emptyTail)
    {
        ClientFrame[] frames = payload.Length == 0
            ? [new ClientFrame(opcode, payload)]
            : [.. ClientFrame.Fragments(opcode, payload, size)];
        return emptyTail ? [.. frames[..^1], frames[^1] with { Fin = false }, ClientFrame.Continuation()] : frames;
    }

    private static ClientFrame[] Interleave(IEnumerable<ClientFrame> frames, ClientFrame[] controls) =>
        [.. frames.SelectMany((frame, i) => i < controls.Length ? [controls[i], frame] : new[] { frame })];
}
