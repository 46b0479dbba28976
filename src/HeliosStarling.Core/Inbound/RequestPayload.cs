using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>
/// A copy of the payload and metadata of one request. It is never pooled, so bytes that application code keeps are never overwritten. It
/// also counts these bytes for the peer until the handler has ended.
/// </summary>
internal sealed class RequestPayload
{
    private readonly byte[] _bytes;
    private readonly int _dataLength;
    private readonly int _size;
    private int _counted;

    private RequestPayload(byte[] bytes, int dataLength, int size) => (_bytes, _dataLength, _size) = (bytes, dataLength, size);

    /// <summary>Raw JSON of the payload, empty when absent.</summary>
    public ReadOnlyMemory<byte> Data => _bytes.AsMemory(0, _dataLength);

    /// <summary>Raw JSON of the metadata, empty when absent.</summary>
    public ReadOnlyMemory<byte> Metadata => _bytes.AsMemory(_dataLength);

    /// <summary>Copies the payload and metadata of a message.</summary>
    public static RequestPayload CopyOf(in Message message)
    {
        var size = message.Data.Length + message.Metadata.Length;
        var bytes = size == 0 ? [] : GC.AllocateUninitializedArray<byte>(size);
        message.Data.CopyTo(bytes);
        message.Metadata.CopyTo(bytes.AsMemory(message.Data.Length));
        return new RequestPayload(bytes, message.Data.Length, size);
    }

    /// <summary>Creates a payload that has only a size, for a handler that has already read its payload.</summary>
    public static RequestPayload SizeOf(in Message message) => new([], 0, message.Data.Length + message.Metadata.Length);

    /// <summary>Counts the request and its bytes for the peer and for the process. Only the first call has an effect.</summary>
    public void Charge(Session session)
    {
        if (Volatile.Read(ref _counted) != 0) return;
        session.Budget.ChargeRequest(1, _size);
        Volatile.Write(ref _counted, 1);
    }

    /// <summary>Subtracts the request and its bytes. Only the first call has an effect.</summary>
    public void Release(Session session)
    {
        if (Volatile.Read(ref _counted) == 0 || Interlocked.Exchange(ref _counted, 0) == 0) return;
        session.Budget.ChargeRequest(-1, -_size);
    }
}
