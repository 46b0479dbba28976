using System.Text.Json;

namespace HeliosStarling.Limits;

/// <summary>Handlers that wait until the test lets them go.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _entered;

    /// <summary>How many handlers have come to it.</summary>
    public int Entered => Volatile.Read(ref _entered);

    public void Open() => _opened.SetResult();

    public async Task PassAsync()
    {
        Interlocked.Increment(ref _entered);
        await _opened.Task;
    }

    /// <summary>Offers <c>wait:gate</c>, and <c>echo:echo</c> which waits for nothing.</summary>
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
