using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace HeliosStarling.Chaos;

/// <summary>One connection through the proxy.</summary>
internal sealed class ProxiedConnection(FaultProxy proxy, Socket client, int seed) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private PlannedFault? _planned;
    private string _epoch = "";
    private long _toServer;
    private long _toClient;
    private bool _hasWelcome;
    private volatile bool _upIsSilent;
    private volatile bool _downIsSilent;
    private volatile bool _isCut;

    public async Task RunAsync(IPEndPoint server)
    {
        lock (_lock) _planned = PlannedFault.Choose(_random);
        try
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(server);
            await Task.WhenAll(PumpAsync(client, _server, isUp: true), PumpAsync(_server, client, isUp: false));
        }
        catch (SocketException)
        {
            // The server has ended.
        }
        finally
        {
            Cut();
        }
    }

    public void Dispose() => Cut();

    /// <summary>Resets both sides.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in new[] { client, _server })
        {
            // With a linger time of 0 s closing sends a reset.
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is closed already.
            }
            socket.Dispose();
        }
    }

    public void CutIfSilenced()
    {
        if (_upIsSilent || _downIsSilent) Cut();
    }

    private async Task PumpAsync(Socket from, Socket to, bool isUp)
    {
        var scanner = new FrameScanner();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is var count and > 0)
            {
                scanner.Add(buffer.AsSpan(0, count));
                while (scanner.TryTake(out var piece, out var isHead)) await PassAsync(piece, isHead, to, isUp);
            }
            if (!_isCut) to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Cut();
        }
    }

    private async Task PassAsync(byte[] piece, bool isHead, Socket to, bool isUp)
    {
        var place = isHead ? ReadHead(piece, isUp) : ReadFrame(piece, isUp);
        var planned = TakePlanned(place);
        if (isUp ? _upIsSilent : _downIsSilent) return;
        if (planned is not null) proxy.Counts.Count(planned.Fault, planned.Place);
        switch (planned?.Fault)
        {
            case Fault.Cut:
                Cut();
                return;
            case Fault.CutMidFrame:
                await to.SendAsync(piece.AsMemory(0, piece.Length / 2));
                Cut();
                return;
            case Fault.BlackHole:
                _upIsSilent = _downIsSilent = true;
                return;
            case Fault.HalfOpen when isUp:
                _upIsSilent = true;
                return;
            case Fault.HalfOpen:
                _downIsSilent = true;
                return;
            case Fault.Delay:
                await Task.Delay(planned.Milliseconds);
                break;
            case Fault.SlowDrip:
                for (var at = 0; at < piece.Length; at += 7)
                {
                    await to.SendAsync(piece.AsMemory(at, Math.Min(7, piece.Length - at)));
                    if (at % 70 == 0) await Task.Delay(1);
                }
                return;
        }
        await to.SendAsync(piece);
    }

    /// <summary>The planned fault if it happens now; the next one is then chosen. Otherwise null.</summary>
    private PlannedFault? TakePlanned(FaultPlace place)
    {
        lock (_lock)
        {
            if (proxy.IsCalm || _planned is null || _planned.Place != place) return null;
            var planned = _planned;
            _planned = planned.After > 0 ? planned with { After = planned.After - 1 } : PlannedFault.Choose(_random);
            return planned.After > 0 ? null : planned;
        }
    }

    private FaultPlace ReadHead(byte[] head, bool isUp)
    {
        if (!isUp) return FaultPlace.Handshake;
        var target = Encoding.ASCII.GetString(head).Split(' ')[1];
        foreach (var part in target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
            if (part.StartsWith("received=", StringComparison.Ordinal)) _toClient = long.Parse(part["received=".Length..], null);
        return FaultPlace.Handshake;
    }

    private FaultPlace ReadFrame(byte[] frame, bool isUp)
    {
        var opcode = frame[0] & 0x0F;
        if (opcode == 8) return FaultPlace.Close;
        if (opcode > 8) return FaultPlace.Steady;
        // Later fragments belong to the same message; only the first one is looked at.
        var message = opcode == 1 ? TryParse(FrameScanner.Payload(frame)) : null;
        if (!isUp && !_hasWelcome) return ReadWelcome(message);
        if (Type(message) is "ack") return FaultPlace.Ack;
        if (Type(message) is "ping" || opcode == 0) return FaultPlace.Steady;
        var number = isUp ? ++_toServer : ++_toClient;
        return proxy.Progress.PassedBefore($"{_epoch}/{isUp}", number) ? FaultPlace.Replay : FaultPlace.Steady;
    }

    private FaultPlace ReadWelcome(JsonElement? message)
    {
        _hasWelcome = true;
        var data = message!.Value.GetProperty("notification").GetProperty("data");
        _epoch = data.GetProperty("epoch").GetString()!;
        _toServer = data.GetProperty("received").GetInt64();
        if (!data.TryGetProperty("resumed", out _)) _toClient = 0;
        return FaultPlace.Handshake;
    }

    private static string? Type(JsonElement? message) =>
        message is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static JsonElement? TryParse(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
