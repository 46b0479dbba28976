namespace HeliosStarling;

/// <summary>Ends a request when its time limit has passed.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly ITimer _timer;

    private RequestDeadline(InboundRequest request, TimeSpan timeout)
    {
        var time = request.Session.Engine.Time;
        _timer = time.CreateTimer(_ => request.TimeOut(timeout), null, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the deadline of a request. Returns null when the method has no time limit.</summary>
    public static RequestDeadline? Start(InboundRequest request)
    {
        var timeout = request.Method.Options.Timeout ?? request.Session.Engine.RequestTimeout;
        return timeout == Timeout.InfiniteTimeSpan ? null : new RequestDeadline(request, timeout);
    }

    /// <summary>Stops the deadline, because the request has ended.</summary>
    public void Dispose() => _timer.Dispose();
}
