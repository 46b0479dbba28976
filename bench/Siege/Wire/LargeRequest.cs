namespace HeliosStarling.Siege;

/// <summary>A request of a given size that is sent over and over, each time under another id: only its beginning is made again.</summary>
internal sealed class LargeRequest
{
    private readonly string _method;
    private readonly int _size;
    private readonly int _beginning;
    private readonly byte[] _frame;

    /// <param name="method">What it asks for.</param>
    /// <param name="size">The size of the whole message in bytes.</param>
    public LargeRequest(string method, int size)
    {
        (_method, _size) = (method, size);
        _frame = Frames.RequestOfSize(Guid.Empty, method, size);
        _beginning = Frames.LongestHeader + 300;
    }

    public ReadOnlyMemory<byte> Frame => _frame;

    public ValueTask SendAsync(RawConnection connection, CancellationToken cancellationToken) =>
        connection.SendAsync(
            Frames.BeginningOfRequest(Guid.NewGuid(), _method, _size, _beginning), _frame.AsMemory(_beginning), cancellationToken);
}
