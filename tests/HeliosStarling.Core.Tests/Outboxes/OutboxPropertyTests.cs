using CsCheck;

namespace HeliosStarling;

public class OutboxPropertyTests
{
    private static readonly Gen<(int Kind, int Size, bool Take)[]> s_steps = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 40], Gen.Bool).Array[
        0, 60];

    [Fact]
    public void Outbox_AnySteps_BehavesLikeAPlainList() =>
        Gen.Select(s_steps, Gen.Int[1, 6], Gen.Int[1, 120], Gen.Int[0, 2]).Sample((steps, messages, bytes, policy) =>
        {
            var pool = new BufferPool();
            var limits = new OutboxLimits(messages, bytes, (OutboxPolicy)policy);
            var (outbox, model) = (TestFrames.CreateOutbox(limits), new OutboxModel(limits));
            var (actual, expected) = (new List<string>(), new List<string>());
            for (var i = 0; i < steps.Length; i++)
            {
                var (kind, text) = ((FrameKind)steps[i].Kind, $"{i}:".PadRight(steps[i].Size + 3, '.'));
                Assert.Equal(model.Enqueue(kind, text, out var expectedDrops), outbox.Enqueue(pool.Make(text, kind), out var drops));
                Assert.Equal(expectedDrops, drops);
                if (!steps[i].Take) continue;
                expected.AddRange(model.TakeAll(1));
                if (outbox.TryTake(out var frame))
                {
                    actual.Add(System.Text.Encoding.UTF8.GetString(frame.Message.Span));
                    frame.Release();
                }
            }
            actual.AddRange(outbox.TakeAll());
            expected.AddRange(model.TakeAll(int.MaxValue));
            Assert.Equal(expected, actual);
            Assert.Equal(0, pool.Rented);
        }, iter: 5000);

    /// <summary>A simple model of an outbox.</summary>
    private sealed class OutboxModel(OutboxLimits limits)
    {
        private readonly List<(FrameKind Kind, string Text)> _frames = [];

        public EnqueueStatus Enqueue(FrameKind kind, string text, out int dropped)
        {
            dropped = 0;
            var freed = 0;
            while (kind != FrameKind.StreamItem && IsFullFor(kind) && (freed == 0 || freed < text.Length))
            {
                var victim = _frames.FindIndex(frame => frame.Kind is FrameKind.Text or FrameKind.Binary or FrameKind.Request);
                if (kind != FrameKind.Response && (victim < 0 || limits.Policy == OutboxPolicy.DropNewest))
                {
                    dropped++;
                    return EnqueueStatus.Dropped;
                }
                if (victim < 0) return EnqueueStatus.GivenUp;
                freed += _frames[victim].Text.Length;
                _frames.RemoveAt(victim);
                dropped++;
            }
            _frames.Add((kind, text));
            return EnqueueStatus.Queued;
        }

        private bool IsFullFor(FrameKind kind)
        {
            var counted = _frames.Where(frame => kind != FrameKind.Response || frame.Kind != FrameKind.StreamItem).ToList();
            return counted.Count >= limits.Messages || counted.Sum(frame => frame.Text.Length) >= limits.Bytes;
        }

        public List<string> TakeAll(int atMost)
        {
            var taken = _frames.Take(atMost).Select(frame => frame.Text).ToList();
            _frames.RemoveRange(0, taken.Count);
            return taken;
        }
    }
}
