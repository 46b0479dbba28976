namespace HeliosStarling;

/// <content>
/// Guards, which are asked before the request waits for a place: whom they refuse must take neither threads nor room in a queue from the others.
/// </content>
internal sealed partial class InboundRequest
{
    private void AskGuards() => RunInSpan(static request => request.AskGuardsUnobserved());

    private void AskGuardsUnobserved()
    {
        var asking = Guards.AskAsync(_run!.Guards, this).Preserve();
        if (!asking.IsCompleted)
        {
            LeaveReader();
            _ = AwaitGuardsAsync(asking);
        }
        else if (!TryPass(asking)) End();
        else if (HasPlaceAtOnce) RunUnobserved();
        else Wait();
    }

    /// <summary>The request is open meanwhile, has no place, and counts for its peer.</summary>
    private async Task AwaitGuardsAsync(ValueTask<HeliosException?> asking)
    {
        await ((Task)asking.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!TryPass(asking) || IsAbandoned) End();
        else if (HasPlaceAtOnce) Run();
        else if (!TryWait())
        {
            RefuseFull();
            End();
        }
    }

    private bool TryPass(ValueTask<HeliosException?> asked)
    {
        try
        {
            if (asked.GetAwaiter().GetResult() is not { } refusal) return true;
            Refuse(refusal);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        return false;
    }
}
