using System.Buffers.Text;
using System.Security.Claims;

namespace HeliosStarling.Micro;

/// <summary>A starling's session that gets messages in batches, as from a reader. The answers leave at the end of each batch.</summary>
internal sealed class BatchSession
{
    /// <summary>The number of messages of a batch: one acknowledgement covers as many.</summary>
    public const int Batch = 32;

    private readonly Dispatcher _dispatcher;
    private readonly Session _session;
    private readonly DiscardingConnection _connection = new();
    private readonly byte[] _ack;
    private readonly int _ackLength;
    private long _sent;

    /// <param name="helios">The server.</param>
    /// <param name="resumes">Whether messages are counted, kept and acknowledged.</param>
    public BatchSession(Helios helios, bool resumes = false)
    {
        _dispatcher = helios.Node.Dispatcher;
        _session = new Starling(helios.Node, new ClaimsPrincipal()).Session;
        _session.TryLink(_connection, new LinkClaim(resumes), static _ => null);
        _ackLength = SampleMessages.AckUpToNumber.Length;
        _ack = [.. SampleMessages.AckUpToNumber, .. new byte[21]];
    }

    /// <summary>Receives a batch of one message.</summary>
    public void Receive(ReadOnlyMemory<byte> message)
    {
        _connection.Cork();
        for (var i = 0; i < Batch; i++) _dispatcher.ReceiveText(_session, _connection, message);
        _session.Ledger.EndBatch(_connection);
        _connection.Uncork();
    }

    /// <summary>Receives a message and sends a frame, a batch of times.</summary>
    public void Exchange(ReadOnlyMemory<byte> message, Frame frame)
    {
        _connection.Cork();
        for (var i = 0; i < Batch; i++)
        {
            _dispatcher.ReceiveText(_session, _connection, message);
            _session.Send(frame.Retain(), wake: false);
        }
        _session.Ledger.EndBatch(_connection);
        _connection.Uncork();
    }

    /// <summary>Receives the acknowledgement of the frames of one more <see cref="Exchange"/>.</summary>
    public void Acknowledge()
    {
        _dispatcher.ReceiveText(_session, _connection, MakeAck(_sent += Batch));
        if (_session.Outbox.Count > 0) throw new InvalidOperationException("The acknowledgement did not apply.");
    }

    private ReadOnlyMemory<byte> MakeAck(long received)
    {
        Utf8Formatter.TryFormat(received, _ack.AsSpan(_ackLength), out var digits);
        _ack[_ackLength + digits] = (byte)'}';
        return _ack.AsMemory(0, _ackLength + digits + 1);
    }
}
