using System.Buffers.Binary;
using System.Text.Json;

namespace HeliosStarling.Samples.Chat.Files;

/// <summary>A file in one binary message: [header length: 4 bytes, big endian][header: JSON][the file's bytes].</summary>
internal static class FilePacket
{
    private const int LengthSize = sizeof(int);
    private const int MaxHeader = 4 * 1024;

    public static bool TryRead(ReadOnlyMemory<byte> packet, out FileHeader header, out ReadOnlyMemory<byte> content)
    {
        (header, content) = (new FileHeader(null, null, null), default);
        if (!BinaryPrimitives.TryReadInt32BigEndian(packet.Span, out var length)) return false;
        if (length is < 2 or > MaxHeader || length > packet.Length - LengthSize) return false;
        content = packet[(LengthSize + length)..];
        return TryParse(packet.Span.Slice(LengthSize, length), ref header);
    }

    public static byte[] Write(FileHeader header, ReadOnlySpan<byte> content)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header, JsonSerializerOptions.Web);
        var packet = new byte[LengthSize + json.Length + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(packet, json.Length);
        json.CopyTo(packet.AsSpan(LengthSize));
        content.CopyTo(packet.AsSpan(LengthSize + json.Length));
        return packet;
    }

    private static bool TryParse(ReadOnlySpan<byte> json, ref FileHeader header)
    {
        try
        {
            header = JsonSerializer.Deserialize<FileHeader>(json, JsonSerializerOptions.Web) ?? header;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
