using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Answers requests with the results of their handlers.</summary>
internal static class ResultWriter
{
    public static ValueTask Answer<TResult>(InboundRequest request, TResult result, JsonTypeInfo<TResult> type)
    {
        request.Succeed(new SerializedJson<TResult>(result, type), hasReturned: true);
        return default;
    }

    public static ValueTask AnswerAsync<TResult>(InboundRequest request, ValueTask<TResult> running, JsonTypeInfo<TResult> type) =>
        running.IsCompletedSuccessfully ? Answer(request, running.Result, type) : AwaitAsync(request, running, type);

    /// <summary>Sends each item as a notification of the request, and then answers without data.</summary>
    public static async ValueTask StreamAsync<TItem>(InboundRequest request, IAsyncEnumerable<TItem> items, JsonTypeInfo<TItem> type)
    {
        var source = items.WithCancellation(request.CancellationToken).ConfigureAwait(false).GetAsyncEnumerator();
        try
        {
            if (!await TrySendAllAsync(request, source, type).ConfigureAwait(false)) return;
        }
        finally
        {
            await source.DisposeAsync();
        }
        request.Succeed(default(RawJson), hasReturned: true);
    }

    /// <returns>False when the request or its session ended before the last item.</returns>
    private static async ValueTask<bool> TrySendAllAsync<TItem>(
        InboundRequest request, ConfiguredCancelableAsyncEnumerable<TItem>.Enumerator source, JsonTypeInfo<TItem> type)
    {
        using var turn = new StreamTurn(request.Session.Outbox, request.CancellationToken);
        // A source that may block must not hold the turn, because the other streams would wait for it.
        var mayBlock = request.Method.Options.Blocking;
        while (true)
        {
            await turn.TakeAsync().ConfigureAwait(false);
            if (mayBlock) turn.Pass();
            var moving = source.MoveNextAsync();
            if (!moving.GetAwaiter().IsCompleted) turn.Pass();
            if (!await moving) return true;
            await turn.TakeAsync().ConfigureAwait(false);
            var sent = await request.NotifyAsync(WireNames.StreamItem, new SerializedJson<TItem>(source.Current, type), isDroppable: false)
                .ConfigureAwait(false);
            turn.Pass();
            // The remaining items have no receiver, and an endless source must stop.
            if (sent == SendResult.Closed || !request.IsOpen) return false;
            if (sent == SendResult.Dropped) throw new HeliosException(ErrorCodes.RequestQueueFull, QueueFull.NoMemoryForItem);
        }
    }

    private static async ValueTask AwaitAsync<TResult>(InboundRequest request, ValueTask<TResult> running, JsonTypeInfo<TResult> type)
    {
        var result = await running.ConfigureAwait(false);
        request.Succeed(new SerializedJson<TResult>(result, type), hasReturned: true);
    }
}
