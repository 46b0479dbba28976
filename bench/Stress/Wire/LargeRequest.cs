namespace HeliosStarling.Stress;

/// <summary>A large request that is sent many times, each time with a new id. Only the beginning of the frame is made again.</summary>
internal sealed class LargeRequest
{
    private readonly string _method;
    private readonly int _size;
    private readonly int _beginning;
    private readonly byte[] _frame;

    /// <param name="method">The method.</param>
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
