using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Reads the payload of a close frame (RFC 6455 sections 5.5.1 and 7.4).</summary>
internal static class ClosePayload
{
    /// <summary>Reads code and reason. Returns false when the payload is not allowed.</summary>
    /// <param name="payload">The unmasked payload: empty or at least two bytes, see <see cref="FrameRules"/>.</param>
    /// <param name="close">The close frame; with code 0 when the payload is empty.</param>
    /// <param name="fault">The code and reason to close with, when the payload is not allowed.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, out InboundFrame close, out (int Code, string Reason) fault)
    {
        close = new InboundFrame { Kind = InboundFrameKind.Close, Size = payload.Length };
        fault = default;
        if (payload.IsEmpty) return true;

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!IsAllowed(code))
            fault = (CloseCode.ProtocolError, "Close code is not allowed");
        else if (!Utf8.IsValid(payload[2..]))
            fault = (CloseCode.InvalidUtf8, "Close reason is not UTF-8");
        if (fault.Code != 0) return false;

        close = new InboundFrame
        {
            Kind = InboundFrameKind.Close,
            Size = payload.Length,
            CloseCode = code,
            CloseReason = Encoding.UTF8.GetString(payload[2..]),
        };
        return true;
    }

    // 1004 is reserved, 1005, 1006 and 1015 must not be sent, and 1016 to 2999 are left to later versions of the standard.
    private static bool IsAllowed(int code) => code is >= 1000 and <= 1014 and not (1004 or 1005 or 1006) or >= 3000 and <= 4999;
}
