using System.Buffers;
using System.Text;

namespace HeliosStarling.Protocol;

/// <summary>Helpers to make frames and to read written messages.</summary>
internal static class Frames
{
    public const string Id = "0f8fad5b-d9cb-469f-a165-70867728950e";

    /// <summary>The start of a message as the writer writes it, up to the value of its type.</summary>
    public const string Head = "{\"protocol\":\"helios-starling\",\"version\":\"1.0.0\",\"timestamp\":1700000000000,\"type\":";

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static RawJson Body(string json) => new(Utf8(json));

    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
