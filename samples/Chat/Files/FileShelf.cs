namespace HeliosStarling.Samples.Chat.Files;

/// <summary>The packets of the last files, for those who come later. Safe to call concurrently.</summary>
internal sealed class FileShelf
{
    // 24 files of at most 512 KiB: never more than 12 MiB of memory.
    private const int FilesKept = 24;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _packets = [];
    private readonly Queue<string> _order = new();

    public void Add(string id, byte[] packet)
    {
        lock (_lock)
        {
            _packets[id] = packet;
            _order.Enqueue(id);
            if (_order.Count > FilesKept) _packets.Remove(_order.Dequeue());
        }
    }

    public byte[]? Find(string id)
    {
        lock (_lock) return _packets.GetValueOrDefault(id);
    }
}
