using System.Buffers.Binary;
using System.Text;

namespace HeliosStarling.Wire;

/// <summary>A frame of the server.</summary>
internal sealed record ServerFrame(byte Opcode, byte[] Payload)
{
    public const byte TextOpcode = 0x1;
    public const byte BinaryOpcode = 0x2;
    public const byte CloseOpcode = 0x8;
    public const byte PingOpcode = 0x9;
    public const byte PongOpcode = 0xA;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; null when it has none.</summary>
    public int? CloseCode => Payload.Length == 0 ? null : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string CloseReason => Payload.Length == 0 ? "" : Encoding.UTF8.GetString(Payload.AsSpan(2));

    public override string ToString() => Opcode switch
    {
        TextOpcode => $"text {Text}",
        CloseOpcode => $"close {CloseCode} {CloseReason}",
        _ => $"opcode {Opcode}, {Convert.ToHexString(Payload)}",
    };
}
