using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>Turns what a handler returns into its request's answer.</summary>
internal static class Answers
{
    public static ValueTask Answer<TResult>(InboundRequest request, TResult result, JsonTypeInfo<TResult> type)
    {
        request.Succeed(new SerializedJson<TResult>(result, type), hasReturned: true);
        return default;
    }

    public static ValueTask AnswerAsync<TResult>(InboundRequest request, ValueTask<TResult> running, JsonTypeInfo<TResult> type) =>
        running.IsCompletedSuccessfully ? Answer(request, running.Result, type) : AwaitAsync(request, running, type);

    /// <summary>Sends each item as a notification tied to the request, then answers without data.</summary>
    public static async ValueTask StreamAsync<TItem>(InboundRequest request, IAsyncEnumerable<TItem> items, JsonTypeInfo<TItem> type)
    {
        await foreach (var item in items.WithCancellation(request.CancellationToken).ConfigureAwait(false))
        {
            await request.NotifyAsync(StarlingRequest.StreamTopic, new SerializedJson<TItem>(item, type), isDroppable: false).ConfigureAwait(false);
            if (!request.IsOpen) return;
        }
        request.Succeed(default(RawJson), hasReturned: true);
    }

    private static async ValueTask AwaitAsync<TResult>(InboundRequest request, ValueTask<TResult> running, JsonTypeInfo<TResult> type)
    {
        var result = await running.ConfigureAwait(false);
        request.Succeed(new SerializedJson<TResult>(result, type), hasReturned: true);
    }
}
