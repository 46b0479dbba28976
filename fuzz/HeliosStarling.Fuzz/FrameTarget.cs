using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using HeliosStarling.Protocol;

namespace HeliosStarling.Fuzz;

/// <summary>The frame reader. An input is: largest message (1 byte), cuts (1 byte), then what a client sends.</summary>
internal sealed class FrameTarget : IFuzzTarget
{
    private const int SmallestBuffer = 4096;

    // RFC 6455 section 5.2: two bytes, eight of length, four of mask.
    private const int LongestHeader = 14;

    private static readonly int[] s_maxSizes = [1, 7, 100, 125, 300, 5000, 65536, 1 << 20];

    private readonly ArrayBufferWriter<byte> _atOnce = new();
    private readonly ArrayBufferWriter<byte> _cut = new();

    public string Name => "frames";

    public IEnumerable<byte[]> Seeds => FrameSeeds.All;

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        var max = s_maxSizes[input[0] % s_maxSizes.Length];
        var stream = input[2..];

        ReadAll(stream, max, cuts: null, _atOnce);
        ReadAll(stream, max, new Random(input[1]), _cut);
        FindingException.Unless(_atOnce.WrittenSpan.SequenceEqual(_cut.WrittenSpan), "the same for every cutting");
    }

    private static void ReadAll(ReadOnlySpan<byte> stream, int max, Random? cuts, ArrayBufferWriter<byte> transcript)
    {
        transcript.ResetWrittenCount();
        var pool = new BufferPool();
        using (var reader = new FrameReader(max, pool))
        {
            while (!stream.IsEmpty)
            {
                var free = reader.GetMemory().Span;
                FindingException.Unless(!free.IsEmpty, "there is always room for the next bytes");
                var count = Math.Min(Math.Min(free.Length, stream.Length), cuts?.Next(1, 1 << cuts.Next(1, 12)) ?? int.MaxValue);
                stream[..count].CopyTo(free);
                stream = stream[count..];
                reader.Advance(count);
                Drain(reader, max, transcript);
                if (cuts?.Next(4) == 0) reader.ReleaseIdleBuffer();
            }

            FindingException.Unless(pool.Rented <= LargestBuffer(max), "one buffer at most, of about the largest message");
            CheckIdle(reader, pool);
        }

        FindingException.Unless(pool.Rented == 0, "all buffers given back");
    }

    // Buffers double, and the buffer of a full message has room for the next read.
    private static long LargestBuffer(int max) => 2L * BitOperations.RoundUpToPowerOf2((uint)(max + SmallestBuffer));

    private static void CheckIdle(FrameReader reader, BufferPool pool)
    {
        var idle = reader.IsIdle;
        reader.ReleaseIdleBuffer();
        FindingException.Unless(!idle || pool.Rented == 0, "no buffer while idle");
    }

    private static void Drain(FrameReader reader, int max, ArrayBufferWriter<byte> transcript)
    {
        var wasInvalid = reader.Fault.Code != 0;
        FrameStatus status;
        while ((status = reader.TryRead(out var incoming)) == FrameStatus.Ready)
        {
            CheckIncoming(incoming, max);
            Write(transcript, $"{incoming.Kind} {incoming.Size} {incoming.IsText} {incoming.CloseCode} {incoming.CloseReason} ");
            transcript.Write(incoming.Payload.Span);
        }

        FindingException.Unless((status == FrameStatus.Invalid) == (reader.Fault.Code != 0), "a fault if and only if invalid");
        FindingException.Unless(!wasInvalid || status == FrameStatus.Invalid, "nothing after a fault");
        if (status == FrameStatus.Invalid && !wasInvalid) Write(transcript, $"{reader.Fault} {reader.IsFaultOfMessage}");
        FindingException.Unless(reader.TryRead(out _) == status, "nothing more without more bytes");
        FindingException.Unless(
            status == FrameStatus.Incomplete || reader.UnreadLength < LongestHeader,
            "nothing kept after a fault but the beginning of a header");
    }

    private static void CheckIncoming(in InboundFrame incoming, int max)
    {
        var length = incoming.Payload.Length;
        var holds = incoming.Kind switch
        {
            InboundFrameKind.Text => length <= max && length == incoming.Size && incoming.IsText && Utf8.IsValid(incoming.Payload.Span),
            InboundFrameKind.Binary => length <= max && length == incoming.Size && !incoming.IsText,
            InboundFrameKind.TooLarge => incoming.Size > max
                && incoming.Size <= (long)max * ProtocolLimits.TooLargeFactor
                && length == Math.Min(incoming.Size, ProtocolLimits.RequestIdSearchLength),
            InboundFrameKind.Close => length == 0 && incoming.CloseCode is 0 or (>= 1000 and < 5000) && incoming.CloseReason.Length <= 123,
            _ => length <= 125 && length == incoming.Size,
        };
        FindingException.Unless(holds, $"a valid {incoming.Kind}");
    }

    private static void Write(ArrayBufferWriter<byte> transcript, string text) => transcript.Write(Encoding.UTF8.GetBytes(text));
}
