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
    private Plan? _plan;
    private string _epoch = "";
    private long _toServer;
    private long _toClient;
    private bool _welcomed;
    private volatile bool _upIsSilent;
    private volatile bool _downIsSilent;
    private volatile bool _isCut;

    public async Task RunAsync(IPEndPoint server)
    {
        lock (_lock) _plan = Plan.Draw(_random);
        try
        {
            client.NoDelay = _server.NoDelay = true;
            await _server.ConnectAsync(server);
            await Task.WhenAll(PumpAsync(client, _server, isUp: true), PumpAsync(_server, client, isUp: false));
        }
        catch (SocketException)
        {
            // The server is gone.
        }
        finally
        {
            Cut();
        }
    }

    public void Dispose() => Cut();

    /// <summary>Resets both ways.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var socket in new[] { client, _server })
        {
            // Lingering for 0 s is a reset instead of a goodbye.
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It is gone already.
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
        var plan = Strikes(place);
        if (isUp ? _upIsSilent : _downIsSilent) return;
        if (plan is not null) proxy.Tally.Count(plan.Fault, plan.Place);
        switch (plan?.Fault)
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
                await Task.Delay(plan.Milliseconds);
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

    /// <summary>The plan, when its moment is this one; another one is drawn for the time after.</summary>
    private Plan? Strikes(Place place)
    {
        lock (_lock)
        {
            if (proxy.IsCalm || _plan is null || _plan.Place != place) return null;
            var plan = _plan;
            _plan = plan.After > 0 ? plan with { After = plan.After - 1 } : Plan.Draw(_random);
            return plan.After > 0 ? null : plan;
        }
    }

    private Place ReadHead(byte[] head, bool isUp)
    {
        if (!isUp) return Place.Handshake;
        var target = Encoding.ASCII.GetString(head).Split(' ')[1];
        foreach (var part in target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
            if (part.StartsWith("received=", StringComparison.Ordinal)) _toClient = long.Parse(part["received=".Length..], null);
        return Place.Handshake;
    }

    private Place ReadFrame(byte[] frame, bool isUp)
    {
        var opcode = frame[0] & 0x0F;
        if (opcode == 8) return Place.Close;
        if (opcode > 8) return Place.Steady;
        // What follows a first fragment is part of the same message; only beginnings are looked at.
        var message = opcode == 1 ? TryParse(FrameScanner.Payload(frame)) : null;
        if (!isUp && !_welcomed) return ReadWelcome(message);
        if (Type(message) is "ack") return Place.Ack;
        if (Type(message) is "ping" || opcode == 0) return Place.Steady;
        var number = isUp ? ++_toServer : ++_toClient;
        return proxy.Counters.PassedBefore($"{_epoch}/{isUp}", number) ? Place.Replay : Place.Steady;
    }

    private Place ReadWelcome(JsonElement? message)
    {
        _welcomed = true;
        var data = message!.Value.GetProperty("notification").GetProperty("data");
        _epoch = data.GetProperty("epoch").GetString()!;
        _toServer = data.GetProperty("received").GetInt64();
        if (!data.TryGetProperty("resumed", out _)) _toClient = 0;
        return Place.Handshake;
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
