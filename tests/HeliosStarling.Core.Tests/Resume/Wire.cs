namespace HeliosStarling.Resume;

/// <summary>One direction of one connection: the frames that were handed to it and have not arrived.</summary>
internal sealed class Wire(Action<byte[]> onHanded) : Connection
{
    private readonly Queue<byte[]> _frames = new();
    private int _credit;
    private Exception? _failure;

    public override bool IsOpen => !IsCut;

    public bool IsCut { get; private set; }

    public int? ClosedWith { get; private set; }

    public int InFlight => _frames.Count;

    /// <summary>Whether the close frame was sent.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Sends a close frame, which arrives as a frame without bytes.</summary>
    public void SendClose()
    {
        IsClosing = true;
        _frames.Enqueue([]);
    }

    /// <summary>Puts this many frames on the wire.</summary>
    public void Pump(int count)
    {
        _credit = count;
        Wake();
        _credit = 0;
        if (_failure is not null) throw new InvalidOperationException(_failure.Message, _failure);
    }

    /// <summary>Another connection has taken over, so this one gets nothing.</summary>
    public void PumpNothing()
    {
        if (TryTake(out _)) throw new InvalidOperationException("a connection that was taken over from got something to send");
    }

    /// <summary>The oldest frame arrives.</summary>
    public bool TryArrive(out byte[] data)
    {
        var found = _frames.TryDequeue(out var frame);
        data = frame ?? [];
        return found;
    }

    public void Cut()
    {
        IsCut = true;
        _frames.Clear();
    }

    public override void BeginClose(int code, string reason) => ClosedWith ??= code;

    public override void Abort() => Cut();

    protected override ValueTask<bool> FlushAsync()
    {
        while (!IsCut && _credit > 0 && TryTake(out var frame))
        {
            _credit--;
            var message = frame.Message.ToArray();
            frame.Release();
            onHanded(message);
            _frames.Enqueue(message);
        }
        return new ValueTask<bool>(false);
    }

    protected override void OnFlushFailed(Exception exception) => _failure = exception;
}
