using System.Text;

namespace HeliosStarling.Cluster;

/// <summary>Records received messages.</summary>
internal sealed class Listener : IBackplaneReceiver, IGroupLogReceiver
{
    private readonly List<string> _heard = [];

    public IReadOnlyList<string> Heard
    {
        get { lock (_heard) return [.. _heard]; }
    }

    /// <summary>Runs when a message arrives, before it is recorded.</summary>
    public Action<string> OnText { get; init; } = static _ => { };

    public void OnMessage(BackplaneMessage message)
    {
        var text = Encoding.UTF8.GetString(message.Bytes.Span);
        OnText(text);
        Add(text);
    }

    public void OnMissed(BackplaneChannel channel, string? sender, long? missed) =>
        Add($"missed {missed?.ToString() ?? "unknown"}{(sender is null ? " of anybody" : "")}");

    public void OnAppended(GroupLogMessage message) => Add($"{message.Offset} {Encoding.UTF8.GetString(message.Bytes.Span)}");

    public void OnBroken() => Add("broken");

    /// <summary>Waits until exactly these messages have arrived.</summary>
    public async Task ExpectAsync(params string[] expected)
    {
        await Eventually.TrueAsync(
            () => Heard.Count >= expected.Length, $"{string.Join(", ", expected)}, heard: {string.Join(", ", Heard)}");
        Assert.Equal(expected, Heard);
    }

    private void Add(string heard)
    {
        lock (_heard) _heard.Add(heard);
    }
}
