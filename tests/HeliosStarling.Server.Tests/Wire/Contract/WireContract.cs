using System.Text.Json;

namespace HeliosStarling.Wire;

/// <summary>
/// The behavior on the wire, the same for every listener and transport. Listeners.cs has a class for each.
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
