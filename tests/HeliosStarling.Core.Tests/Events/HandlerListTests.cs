namespace HeliosStarling;

public class HandlerListTests
{
    private readonly ExceptionLogger _logger = new();
    private readonly HandlerList<int> _handlers;
    private readonly List<string> _calls = [];

    public HandlerListTests() => _handlers = new HandlerList<int>(new HandlerLog(_logger, TimeProvider.System), "a test");

    [Fact]
    public async Task InvokeAsync_Several_RunOneAfterAnotherInOrder()
    {
        _handlers.Add(async value =>
        {
            _calls.Add($"first begins with {value}");
            await Task.Yield();
            _calls.Add("first ends");
        });
        _handlers.Add(_ => _calls.Add("second"));

        await _handlers.InvokeAsync(7);

        Assert.Equal(["first begins with 7", "first ends", "second"], _calls);
    }

    [Fact]
    public async Task InvokeAsync_OneThrows_IsLoggedAndTheOthersRun()
    {
        _handlers.Add((Action<int>)(_ => throw new InvalidOperationException("at once")));
        _handlers.Add(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("later");
        });
        _handlers.Add(_ => _calls.Add("survivor"));

        await _handlers.InvokeAsync(1);

        Assert.Equal(["survivor"], _calls);
        Assert.Equal(["at once", "later"], _logger.Exceptions.Select(exception => exception.Message));
    }

    [Fact]
    public async Task Dispose_SameHandlerAddedTwice_TheOtherStays()
    {
        Func<int, ValueTask> handler = Handle;
        var first = _handlers.Add(handler);
        _handlers.Add(handler);

        first.Dispose();
        first.Dispose();
        await _handlers.InvokeAsync(1);

        Assert.Equal(["handled"], _calls);

        ValueTask Handle(int value)
        {
            _calls.Add("handled");
            return default;
        }
    }

    [Fact]
    public async Task Add_WhileHandlersRun_IsCalledFromTheNextTimeOn()
    {
        _handlers.Add(_ => _handlers.Add(_ => _calls.Add("added")));

        await _handlers.InvokeAsync(1);
        Assert.Empty(_calls);
        await _handlers.InvokeAsync(1);

        Assert.Equal(["added"], _calls);
    }

    [Fact]
    public void IsEmpty_LastOneDisposed_IsTrue()
    {
        var registration = _handlers.Add(_ => { });
        Assert.False(_handlers.IsEmpty);

        registration.Dispose();

        Assert.True(_handlers.IsEmpty);
    }

    [Fact]
    public async Task AddAndDispose_FromManyThreads_NoneIsLostOrLeft()
    {
        var calls = 0;
        Parallel.For(0, 500, i =>
        {
            var registration = _handlers.Add(_ => { Interlocked.Increment(ref calls); });
            if (i % 2 == 0) registration.Dispose();
        });

        await _handlers.InvokeAsync(1);

        Assert.Equal(250, calls);
    }
}
