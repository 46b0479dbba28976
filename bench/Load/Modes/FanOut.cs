using System.Diagnostics;

namespace HeliosStarling.Load;

/// <summary>
/// Broadcasts. One connection requests them, and all or some receive them. The next one is requested when an earlier one has reached all
/// receivers, so that no peer wins by dropping messages or falling behind.
/// </summary>
internal sealed class FanOut
{
    private readonly Settings _settings;
    private readonly Poller _poller = new();
    private readonly Meter _meter;
    private readonly Channel[] _channels;
    private readonly byte[][] _requests;
    private readonly int _receivers;
    private readonly int[] _ready;

    // The time of each broadcast's request, by its number.
    private readonly long[] _asked;
    private long _count;
    private long _delivered;

    private FanOut(Settings settings)
    {
        (_settings, _meter, _asked) = (settings, new Meter(settings), new long[settings.InFlight]);
        var dialect = Dialect.Of(settings.Peer);
        _channels = [.. Enumerable.Range(0, settings.Connections).Select(_ => Channel.Connect(settings.Address, dialect))];
        for (var i = 0; i < _channels.Length; i++) _poller.Add(_channels[i].Handle, i);
        _ready = new int[_channels.Length];
        _receivers = settings.Members ?? settings.Connections;
        _requests = [.. Enumerable.Range(0, settings.InFlight).Select(slot => MakeRequest(dialect, slot))];
        if (settings.Members is not null) Choose();
    }

    public static Result Run(Settings settings) => new FanOut(settings).Run();

    private Result Run()
    {
        foreach (var _ in _requests) Ask();
        var result = _meter.Run(GoOn);
        foreach (var channel in _channels) channel.Reset();
        return result;
    }

    private byte[] MakeRequest(Dialect dialect, int slot) => _settings switch
    {
        { Filtered: true } => HeliosDialect.ToMarked(slot),
        { Members: not null } => HeliosDialect.ToGroup(slot, "some"),
        _ => dialect.Broadcast(slot),
    };

    /// <summary>Marks every n-th connection, so that the receivers are spread evenly.</summary>
    private void Choose()
    {
        var every = _channels.Length / _receivers;
        for (var i = 0; i < _receivers; i++)
            _channels[i * every].Ask(
                _settings.Filtered ? HeliosDialect.Request(0, "bench:mark", "true") : HeliosDialect.Request(0, "bench:join", "\"some\""));
    }

    private int GoOn()
    {
        var count = 0;
        foreach (var i in _ready.AsSpan(0, _poller.Poll(_ready)))
        {
            var channel = _channels[i];
            var before = channel.Deliveries;
            var deliveries = channel.Receive().Deliveries;
            count += deliveries;
            var now = Stopwatch.GetTimestamp();
            for (var number = before; number < before + deliveries; number++) _meter.Times.Add(now - _asked[number % _asked.Length]);
        }
        _delivered += count;
        while (_delivered >= (_count - _requests.Length + 1) * _receivers) Ask();
        return count;
    }

    private void Ask()
    {
        _asked[_count % _asked.Length] = Stopwatch.GetTimestamp();
        _channels[0].Send(_requests[_count++ % _requests.Length]);
    }
}
