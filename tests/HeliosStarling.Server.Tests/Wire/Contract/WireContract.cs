using System.Text.Json;

namespace HeliosStarling.Wire;

/// <summary>
/// What a client must find on the wire, whichever listener and transport it comes through. A class for each is in Listeners.cs.
/// </summary>
public abstract partial class WireContract
{
    private readonly bool _isMapped;
    private readonly AddressKind _address;

    private protected WireContract(bool isMapped, AddressKind address) => (_isMapped, _address) = (isMapped, address);

    private protected Task<WireServer> StartAsync(Action<Helios>? register = null, Action<HeliosOptions>? configure = null)
    {
        WireAddress.SkipWhereImpossible(_address);
        var (setup, address) = (new ServerSetup(register, configure), new WireAddress(_address));
        return _isMapped ? MappedServer.StartAsync(setup, address) : LeanServer.StartAsync(setup, address);
    }

    private static void Echo(Helios helios) => helios.Method("echo:echo", (JsonElement payload, RequestContext _) => payload);

    private static TaskCompletionSource<T> Signal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
