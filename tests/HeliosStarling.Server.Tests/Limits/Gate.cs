using System.Text.Json;

namespace HeliosStarling.Limits;

/// <summary>Handlers that wait until the test lets them go.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _entered;

    /// <summary>The number of handlers that have started to wait.</summary>
    public int Entered => Volatile.Read(ref _entered);

    public void Open() => _opened.SetResult();

    public async Task PassAsync()
    {
        Interlocked.Increment(ref _entered);
        await _opened.Task;
    }

    /// <summary>Registers <c>wait:gate</c>, and <c>echo:echo</c>, which does not wait.</summary>
    public void Register(Helios helios)
    {
        helios.Method("wait:gate", async (RequestContext _) =>
        {
            await PassAsync();
            return "passed";
        });
        helios.Method("echo:echo", (JsonElement payload, RequestContext _) => payload);
    }
}
