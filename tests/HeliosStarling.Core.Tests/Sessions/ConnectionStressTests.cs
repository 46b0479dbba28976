using System.Text;

namespace HeliosStarling;

public class ConnectionStressTests
{
    private const int Senders = 4;
    private const int MessagesEach = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task WakeAndCork_FromManyThreads_NothingLostOrderKeptOneWriter(int seed)
    {
        var pool = new BufferPool();
        var outbox = TestFrames.CreateOutbox(new OutboxLimits(int.MaxValue, long.MaxValue, OutboxPolicy.Disconnect));
        var connection = new ErraticConnection(outbox, seed);

        var senders = Enumerable.Range(1, Senders).Select(sender => Task.Run(() => Send(sender, seed)));
        var reader = Task.Run(() => Read(seed));
        await Task.WhenAll([.. senders, reader]).InTime();

        await Eventually.TrueAsync(() => connection.Sent.Count == (Senders + 1) * MessagesEach);
        Assert.Equal(0, connection.Overlaps);
        var bySender = connection.Sent.Select(text => text.Split(':')).GroupBy(parts => parts[0], parts => int.Parse(parts[1], null));
        Assert.All(bySender, numbers => Assert.Equal(Enumerable.Range(0, MessagesEach), numbers));
        Assert.Equal(0, pool.Rented);

        async Task Send(int sender, int seed)
        {
            var random = new Random(seed * 100 + sender);
            for (var i = 0; i < MessagesEach; i++)
            {
                outbox.Enqueue(pool.Make($"{sender}:{i}"), out _);
                connection.Wake();
                if (random.Next(8) == 0) await Task.Yield();
            }
        }

        // The reader answers within batches and wakes no sender.
        async Task Read(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < MessagesEach;)
            {
                connection.Cork();
                for (var batch = random.Next(1, 5); batch > 0 && i < MessagesEach; batch--, i++) outbox.Enqueue(pool.Make($"0:{i}"), out _);
                connection.Uncork();
                if (random.Next(8) == 0) await Task.Yield();
            }
        }
    }

    /// <summary>A transport that completes at once or later, and sometimes sends only a part.</summary>
    private sealed class ErraticConnection(Outbox outbox, int seed) : Connection
    {
        private readonly Random _random = new(seed);
        private readonly List<string> _sent = [];
        private int _writers;

        public IReadOnlyList<string> Sent
        {
            get { lock (_sent) return [.. _sent]; }
        }

        public int Overlaps { get; private set; }

        public override bool IsOpen => true;

        public override void BeginClose(int code, string reason)
        {
        }

        public override void Abort()
        {
        }

        protected override async ValueTask<bool> FlushAsync()
        {
            if (Interlocked.Increment(ref _writers) != 1) Overlaps++;
            var limit = _random.Next(1, 20);
            for (; limit > 0 && outbox.TryTake(out var frame); limit--)
            {
                if (_random.Next(4) == 0) await Task.Yield();
                lock (_sent) _sent.Add(Encoding.UTF8.GetString(frame.Message.Span));
                frame.Release();
            }
            if (_random.Next(3) == 0) await Task.Yield();
            Interlocked.Decrement(ref _writers);
            return limit == 0;
        }

        protected override void OnFlushFailed(Exception exception) => Assert.Fail(exception.ToString());
    }
}
