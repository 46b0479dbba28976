namespace HeliosStarling.Recovery;

/// <summary>Sends upgrade requests. A test can hold a request or its answer back, even when it is cancelled.</summary>
internal sealed class GatedTransport : IDisposable
{
    private readonly Handler _handler = new();

    public GatedTransport() => Invoker = new HttpMessageInvoker(_handler);

    public HttpMessageInvoker Invoker { get; }

    /// <summary>The number of upgrade requests.</summary>
    public int Begun => Volatile.Read(ref _handler.Begun);

    /// <summary>The number of answered requests.</summary>
    public int Ended => Volatile.Read(ref _handler.Ended);

    /// <summary>Holds the next request back before it is sent.</summary>
    public Step HoldBefore() => _handler.Before = new Step();

    /// <summary>Holds the next answer back.</summary>
    public Step HoldBehind() => _handler.Behind = new Step();

    public void Dispose() => Invoker.Dispose();

    /// <summary>One wait that a test ends.</summary>
    internal sealed class Step
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public void Open() => _open.SetResult();

        public Task PassAsync()
        {
            _entered.SetResult();
            return _open.Task;
        }
    }

    private sealed class Handler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Begun;
        public int Ended;

        public Step? Before { get; set; }

        public Step? Behind { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Begun);
            if (Before is { } before) await before.PassAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var response = await base.SendAsync(request, CancellationToken.None);
            if (Behind is { } behind) await behind.PassAsync();
            Interlocked.Increment(ref Ended);
            return response;
        }
    }
}
