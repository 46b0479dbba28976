namespace HeliosStarling.Fuzz;

/// <summary>Makes scripts and changes single steps, so that most of a changed script stays meaningful.</summary>
internal sealed class ScriptMaker(Random random) : IMutator
{
    // Steps that build up state are frequent. The clock and ends are rare, because they remove state.
    private static readonly StepKind[] s_kinds =
    [
        StepKind.Open, StepKind.Open, StepKind.Open, StepKind.Message, StepKind.Message, StepKind.Message, StepKind.Message,
        StepKind.Message, StepKind.Message,
        StepKind.Message, StepKind.Mutated, StepKind.Mutated, StepKind.Flood, StepKind.Frame, StepKind.Frame, StepKind.Partial,
        StepKind.Partial, StepKind.Control,
        StepKind.Control, StepKind.Raw, StepKind.Wait, StepKind.Wait, StepKind.Wait, StepKind.End, StepKind.Reading, StepKind.Clock,
        StepKind.VerifyingRequest,
    ];

    /// <summary>A new script.</summary>
    public byte[] Make()
    {
        var steps = new List<Step>();
        for (var slot = 0; slot < Script.Slots; slot++)
        {
            if (slot == 0 || random.Next(2) == 0) steps.Add(NewStep(StepKind.Open, (byte)slot));
        }
        for (var count = random.Next(1, 25); count > 0; count--) steps.Add(NewStep());
        return new Script((byte)random.Next(256), steps).Encode();
    }

    public byte[] Mutate(byte[] input, byte[] other)
    {
        if (random.Next(16) == 0) return Make();
        var script = Script.Decode(input);
        var steps = new List<Step>(script.Steps);
        var donor = Script.Decode(other).Steps;
        for (var rounds = 1 << random.Next(4); rounds > 0; rounds--) Change(steps, donor);
        return new Script(random.Next(8) == 0 ? (byte)random.Next(256) : script.Server, steps).Encode();
    }

    private void Change(List<Step> steps, IReadOnlyList<Step> donor)
    {
        if (steps.Count == 0) steps.Add(NewStep(StepKind.Open, 0));
        var at = random.Next(steps.Count);
        switch (random.Next(10))
        {
            case 0:
                steps.RemoveAt(at);
                break;
            case 1 or 2:
                steps.Insert(random.Next(steps.Count + 1), NewStep());
                break;
            case 3:
                steps.Insert(random.Next(steps.Count + 1), steps[at]);
                break;
            case 4:
                var to = random.Next(steps.Count);
                (steps[at], steps[to]) = (steps[to], steps[at]);
                break;
            case 5 when donor.Count > 0:
                var from = random.Next(donor.Count);
                steps.InsertRange(at, donor.Skip(from).Take(random.Next(1, 8)));
                break;
            case 6:
                steps[at] = steps[at] with { Slot = (byte)random.Next(Script.Slots) };
                break;
            default:
                steps[at] = steps[at] with { Choices = ChangeChoices(steps[at].Choices) };
                break;
        }
    }

    private byte[] ChangeChoices(byte[] choices)
    {
        byte[] changed = random.Next(4) == 0 ? [.. choices, NextChoice()] : [.. choices];
        if (changed.Length == 0) return [NextChoice()];
        changed[random.Next(changed.Length)] = NextChoice();
        return changed;
    }

    private Step NewStep() => NewStep(s_kinds[random.Next(s_kinds.Length)], (byte)random.Next(Script.Slots));

    private Step NewStep(StepKind kind, byte slot)
    {
        var choices = new byte[random.Next(14)];
        for (var i = 0; i < choices.Length; i++) choices[i] = NextChoice();
        return new Step(kind, slot, choices);
    }

    private byte NextChoice() => (byte)random.Next(random.Next(3) == 0 ? 256 : 24);
}
