using System.Buffers;

namespace HeliosStarling.Protocol;

/// <summary>The details in the answer to an invalid message.</summary>
internal readonly struct ViolationDetails(Violation violation) : IJsonBody
{
    public bool IsAbsent => false;

    public void WriteTo(IBufferWriter<byte> output)
    {
        if (violation.ReceivedVersion is { } received) WriteVersions(output, received);
        else WriteFaults(output, violation.Faults);
    }

    // {"supported":["1.x"],"received":"2.0.0"}
    private static void WriteVersions(IBufferWriter<byte> output, string received)
    {
        output.Write("{\"supported\":[\"1.x\"],\"received\":\""u8);
        WriteEscaped(output, received);
        output.Write("\"}"u8);
    }

    // {"violations":["timestamp: is missing","type: is missing"]}
    private static void WriteFaults(IBufferWriter<byte> output, IReadOnlyList<string> faults)
    {
        output.Write("{\"violations\":["u8);
        for (var i = 0; i < faults.Count; i++)
        {
            output.Write(i == 0 ? "\""u8 : ",\""u8);
            WriteEscaped(output, faults[i]);
            output.Write("\""u8);
        }

        output.Write("]}"u8);
    }

    private static void WriteEscaped(IBufferWriter<byte> output, string text) =>
        output.Advance(JsonString.Escape(text, output.GetSpan(JsonString.GetLength(text))));
}
