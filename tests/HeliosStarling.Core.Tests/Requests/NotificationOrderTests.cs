using HeliosStarling.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace HeliosStarling;

/// <summary>Handlers of one request run one after another, without a lock, and before its answer.</summary>
public class NotificationOrderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Peer _peer;
    private readonly StarlingRequest<int> _request;

    public NotificationOrderTests()
    {
        _peer = new Peer(_time);
        _peer.Record();
        _request = _peer.Request<int>("work:run");
    }

    [Fact]
    public async Task OnProgress_HandlerBlocks_TheReaderGoesOn()
    {
        using var gate = new Gate();
        var listening = await BlockAsync(gate, new List<int>());

        await Task.Run(() =>
        {
            Receive(2);
            _request.OnProgress<int>(_ => { }).Dispose();
            _ = _request.Answer;
            _ = _request.Stream<int>().GetAsyncEnumerator().MoveNextAsync().AsTask();
            _peer.Session.ReceiveNotification("n:n", 1);
        }).InTime();

        gate.Open();
        await listening.InTime();
    }

    [Fact]
    public async Task OnProgress_HandlerBlocks_LaterOnesAndTheAnswerFollowInOrder()
    {
        using var gate = new Gate();
        var seen = new List<int>();
        var listening = await BlockAsync(gate, seen);

        await Task.Run(() =>
        {
            Receive(2);
            Receive(3);
            Answer();
        }).InTime();
        var answer = _request.Answer.ContinueWith(_ => { lock (seen) return seen.Count; }, TaskScheduler.Default);
        Assert.False(_request.Answer.IsCompleted);
        gate.Open();

        Assert.Equal(3, await answer.InTime());
        await listening.InTime();
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task TimeOut_HandlerBlocks_FailsAtOnceAndTellsNoMore()
    {
        using var gate = new Gate();
        var seen = new List<int>();
        var listening = await BlockAsync(gate, seen);
        await Task.Run(() => Receive(2)).InTime();

        await Task.Run(() => _time.Advance(TimeSpan.FromMinutes(1))).InTime();

        Assert.Equal(ErrorCodes.RequestTimeout, (await Assert.ThrowsAsync<HeliosException>(() => _request.InTime())).Code);
        gate.Open();
        await listening.InTime();
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task Close_HandlerBlocks_FailsAtOnce()
    {
        using var gate = new Gate();
        var listening = await BlockAsync(gate, []);

        await Task.Run(_peer.Session.Close).InTime();

        Assert.Equal(ErrorCodes.ConnectionClosed, (await Assert.ThrowsAsync<HeliosException>(() => _request.InTime())).Code);
        gate.Open();
        await listening.InTime();
    }

    [Fact]
    public async Task Dispose_HandlerBlocks_ReturnsAndTellsNoMore()
    {
        using var gate = new Gate();
        var seen = new List<int>();
        var first = _request.OnProgress<int>(seen.Add);
        var listening = await BlockAsync(gate, []);
        await Task.Run(() => Receive(2)).InTime();

        await Task.Run(first.Dispose).InTime();

        gate.Open();
        await listening.InTime();
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task OnProgress_AddedByAHandler_GetsAllInOrderBehindIt()
    {
        var seen = new List<string>();
        _request.OnProgress<int>(number =>
        {
            seen.Add($"first {number}");
            if (number == 1) _request.OnProgress<int>(late => seen.Add($"second {late}"));
        });

        Receive(1);
        Receive(2);
        Answer();

        Assert.Equal(7, await _request.InTime());
        Assert.Equal(["first 1", "second 1", "first 2", "second 2"], seen);
    }

    /// <summary>Blocks a handler on another thread with the first notification.</summary>
    private async Task<Task> BlockAsync(Gate gate, List<int> seen)
    {
        Receive(1);
        var listening = Task.Run(() => _request.OnProgress<int>(number =>
        {
            lock (seen) seen.Add(number);
            if (number == 1) gate.Pass();
        }));
        await gate.Entered.InTime();
        return listening;
    }

    private void Receive(int number) => _peer.Session.ReceiveNotification("progress", number, _request.Id);

    private void Answer() => _peer.Session.Receive(
        $$"""{"protocol":"helios-starling","version":"1.0.0","timestamp":1,"type":"response","requestId":"{{_request.Id}}","success":true,"data":7}""");
}
