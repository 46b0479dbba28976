using CsCheck;

namespace HeliosStarling.Resume;

/// <summary>
/// Any order of sends, deliveries, acknowledgements, cuts, connects, late upgrades, reloads, restarts, goodbyes and clock jumps,
/// compared with a simple model of docs/protocol.md section 7. A failure prints its seed and shortest sequence; <c>CsCheck_Seed</c>
/// repeats it.
/// </summary>
public class ResumeModelTests
{
    private const int Sequences = 150_000;

    private enum Step
    {
        ServerSends,
        ClientSends,
        PumpDown,
        PumpUp,
        ArriveDown,
        ArriveUp,
        Tick,
        Dial,
        Reload,
        Upgrade,
        Cut,
        Restart,
        Leave,
        Jump,
    }

    private static readonly Gen<Step> s_steps = Gen.Frequency(
        (12, Gen.Const(Step.ServerSends)),
        (10, Gen.Const(Step.ClientSends)),
        (12, Gen.Const(Step.PumpDown)),
        (10, Gen.Const(Step.PumpUp)),
        (20, Gen.Const(Step.ArriveDown)),
        (14, Gen.Const(Step.ArriveUp)),
        (5, Gen.Const(Step.Tick)),
        (8, Gen.Const(Step.Dial)),
        (1, Gen.Const(Step.Reload)),
        (10, Gen.Const(Step.Upgrade)),
        (3, Gen.Const(Step.Cut)),
        (1, Gen.Const(Step.Restart)),
        (1, Gen.Const(Step.Leave)),
        (1, Gen.Const(Step.Jump)));

    [Theory]
    [InlineData((int)OutboxPolicy.DropOldest)]
    [InlineData((int)OutboxPolicy.DropNewest)]
    public void AnySequence_EveryMessageOnceInOrder_OrAccountedFor(int policy) =>
        Gen.Select(s_steps, Gen.Int[1, 4]).Array[0, 80].Sample(steps =>
        {
            using var conversation = new Conversation((OutboxPolicy)policy);
            conversation.Dial(isSure: true);
            conversation.Upgrade(0);
            foreach (var (step, count) in steps) Run(conversation, step, count);
            conversation.Settle();
        }, iter: Sequences, print: static steps => string.Join(' ', steps.Select(step => $"{step.Item1}{step.Item2}")));

    private static void Run(Conversation conversation, Step step, int count)
    {
        switch (step)
        {
            case Step.ServerSends:
                conversation.ServerSends();
                break;
            case Step.ClientSends:
                conversation.ClientSends();
                break;
            case Step.PumpDown:
                conversation.PumpDown(count);
                break;
            case Step.PumpUp:
                conversation.PumpUp(count);
                break;
            case Step.ArriveDown:
                conversation.ArriveDown();
                break;
            case Step.ArriveUp:
                conversation.ArriveUp();
                break;
            case Step.Tick:
                conversation.Tick();
                break;
            case Step.Dial:
                conversation.Dial(isSure: true);
                break;
            case Step.Reload:
                conversation.Reload();
                break;
            case Step.Upgrade:
                conversation.Upgrade(count);
                break;
            case Step.Cut:
                conversation.Cut();
                break;
            case Step.Leave:
                conversation.Leave();
                break;
            case Step.Jump:
                conversation.Jump(count);
                break;
            default:
                conversation.Restart();
                break;
        }
    }
}
