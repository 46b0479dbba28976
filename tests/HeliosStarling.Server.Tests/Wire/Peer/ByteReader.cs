using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace HeliosStarling.Wire;

/// <summary>Reads exact numbers of bytes from a stream, each read within the bound.</summary>
internal sealed class ByteReader(Stream stream)
{
    private readonly PipeReader _input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));

    public async Task<byte[]> TakeAsync(int count)
    {
        if (count == 0) return [];
        var read = await _input.ReadAtLeastAsync(count).AsTask().InTime();
        if (read.Buffer.Length < count) throw new EndOfStreamException("The server has ended the connection.");
        var bytes = read.Buffer.Slice(0, count).ToArray();
        _input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Up to the empty line, without it.</summary>
    public async Task<string> TakeHeadAsync()
    {
        while (true)
        {
            var read = await _input.ReadAsync().AsTask().InTime();
            var bytes = read.Buffer.ToArray();
            var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
            _input.AdvanceTo(
                end < 0 ? read.Buffer.Start : read.Buffer.GetPosition(end + 4),
                end < 0 ? read.Buffer.End : read.Buffer.GetPosition(end + 4));
            if (end >= 0) return Encoding.ASCII.GetString(bytes.AsSpan(0, end));
            if (read.IsCompleted)
                throw new EndOfStreamException($"The server has ended the connection after '{Encoding.ASCII.GetString(bytes)}'.");
        }
    }

    /// <summary>Whether the stream has ended.</summary>
    /// <exception cref="IOException">The connection was reset.</exception>
    public async Task<bool> HasEndedAsync()
    {
        var read = await _input.ReadAsync().AsTask().InTime();
        _input.AdvanceTo(read.Buffer.Start);
        return read.IsCompleted && read.Buffer.IsEmpty;
    }

    /// <summary>The bytes until the end of the connection, clean or not.</summary>
    public async Task<byte[]> TakeRestAsync()
    {
        try
        {
            while (true)
            {
                var read = await _input.ReadAsync().AsTask().InTime();
                var rest = read.Buffer.ToArray();
                _input.AdvanceTo(read.IsCompleted ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted) return rest;
            }
        }
        catch (IOException)
        {
            return [];
        }
    }
}
