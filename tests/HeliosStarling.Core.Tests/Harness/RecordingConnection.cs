using System.Text.Json;

namespace HeliosStarling;

/// <summary>A transport that records what is sent.</summary>
internal sealed class RecordingConnection : Connection
{
    private readonly Lock _lock = new();
    private readonly List<JsonElement> _sent = [];

    public override bool IsOpen => Closing is null;

    public CloseInfo? Closing { get; private set; }

    /// <summary>The messages sent so far.</summary>
    public IReadOnlyList<JsonElement> Sent
    {
        get { lock (_lock) return [.. _sent]; }
    }

    /// <summary>The only message sent so far.</summary>
    public JsonElement Single => Assert.Single(Sent);

    public override void BeginClose(int code, string reason) => Closing ??= new CloseInfo(code, reason);

    public override void Abort()
    {
    }

    protected override ValueTask<bool> FlushAsync()
    {
        while (TryTake(out var frame))
        {
            using var document = JsonDocument.Parse(frame.Message);
            lock (_lock) _sent.Add(document.RootElement.Clone());
            frame.Release();
        }
        return new ValueTask<bool>(false);
    }

    protected override void OnFlushFailed(Exception exception) => Assert.Fail(exception.ToString());
}
