namespace HeliosStarling.Fuzz;

/// <summary>The steps of several clients against one server.</summary>
/// <param name="Server">Selects the server.</param>
/// <param name="Steps">The steps, in order.</param>
internal sealed record Script(byte Server, IReadOnlyList<Step> Steps)
{
    /// <summary>The number of connections that a script can address.</summary>
    public const int Slots = 4;

    private const int MaxSteps = 64;
    private const int MaxChoices = 63;

    private static readonly int s_kinds = Enum.GetValues<StepKind>().Length;

    // server | (kind | slot | length | choices)*
    public static Script Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return new Script(0, []);
        var steps = new List<Step>();
        for (var rest = bytes[1..]; rest.Length >= 3 && steps.Count < MaxSteps;)
        {
            var length = Math.Min(rest[2] & MaxChoices, rest.Length - 3);
            steps.Add(new Step((StepKind)(rest[0] % s_kinds), (byte)(rest[1] % Slots), rest.Slice(3, length).ToArray()));
            rest = rest[(3 + length)..];
        }
        return new Script(bytes[0], steps);
    }

    public byte[] Encode() => [Server, .. Steps.Take(MaxSteps).SelectMany(Encode)];

    private static IEnumerable<byte> Encode(Step step) =>
        [(byte)step.Kind, step.Slot, (byte)Math.Min(step.Choices.Length, MaxChoices), .. step.Choices.Take(MaxChoices)];
}
