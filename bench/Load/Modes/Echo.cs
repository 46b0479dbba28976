using System.Diagnostics;

namespace HeliosStarling.Load;

/// <summary>Requests and answers, with a constant number in flight on each connection.</summary>
internal static class Echo
{
    public static Result Run(Settings settings)
    {
        var dialect = Dialect.Of(settings.Peer);
        var meter = new Meter(settings);
        var poller = new Poller();
        var callers = Enumerable.Range(0, settings.Connections)
            .Select(_ => new Caller(Channel.Connect(settings.Address, dialect), dialect, settings.InFlight))
            .ToArray();
        for (var i = 0; i < callers.Length; i++) poller.Add(callers[i].Channel.Handle, i);
        foreach (var caller in callers) caller.Begin();
        var ready = new int[callers.Length];
        var result = meter.Run(() =>
        {
            var count = 0;
            foreach (var i in ready.AsSpan(0, poller.Poll(ready))) count += callers[i].GoOn(meter.Times);
            return count;
        });
        foreach (var caller in callers) caller.Channel.Reset();
        return result;
    }

    private sealed class Caller(Channel channel, Dialect dialect, int inFlight)
    {
        // All requests in a row, twice. So any number of them, from any start, is one contiguous piece.
        private readonly byte[] _requests = [.. Enumerable.Range(0, 2 * inFlight).SelectMany(i => dialect.Echo(i % inFlight))];
        private readonly int[] _ends = [.. Ends(dialect, inFlight)];
        private readonly long[] _sent = new long[inFlight];
        private int _next;

        public Channel Channel => channel;

        public void Begin() => Send(inFlight);

        public int GoOn(Histogram times)
        {
            var answers = channel.Receive().Answers;
            var now = Stopwatch.GetTimestamp();
            // Answers arrive in the order of the requests.
            for (var i = 0; i < answers; i++) times.Add(now - _sent[(_next + i) % inFlight]);
            if (answers > 0) Send(answers);
            return answers;
        }

        private void Send(int count)
        {
            _sent.AsSpan(_next, Math.Min(count, inFlight - _next)).Fill(Stopwatch.GetTimestamp());
            if (count > inFlight - _next) _sent.AsSpan(0, count - (inFlight - _next)).Fill(Stopwatch.GetTimestamp());
            channel.Send(_requests.AsSpan(_ends[_next].._ends[_next + count]));
            _next = (_next + count) % inFlight;
        }

        private static IEnumerable<int> Ends(Dialect dialect, int inFlight)
        {
            var end = 0;
            yield return 0;
            for (var i = 0; i < 2 * inFlight; i++) yield return end += dialect.Echo(i % inFlight).Length;
        }
    }
}
