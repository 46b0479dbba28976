using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>A request whose answer is a <typeparamref name="TResult"/>: await it.</summary>
public sealed class StarlingRequest<TResult> : StarlingRequest
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JsonTypeInfo<TResult> _type;

    internal StarlingRequest(Session session, string method, JsonTypeInfo<TResult> type, bool retries)
        : base(session, method, retries) => _type = type;

    /// <summary>
    /// The answer: the data of a success, or a <see cref="HeliosException"/> with the peer's code, <c>REQUEST_TIMEOUT</c> or
    /// <c>CONNECTION_CLOSED</c>.
    /// </summary>
    public Task<TResult> Answer
    {
        get
        {
            StopCollecting();
            return _answer.Task;
        }
    }

    /// <summary>Waits for <see cref="Answer"/>.</summary>
    public TaskAwaiter<TResult> GetAwaiter() => Answer.GetAwaiter();

    /// <summary>Waits for <see cref="Answer"/> as <see cref="Task{TResult}.ConfigureAwait(bool)"/> does.</summary>
    public ConfiguredTaskAwaitable<TResult> ConfigureAwait(bool continueOnCapturedContext) => Answer.ConfigureAwait(continueOnCapturedContext);

    internal override Task Settled => _answer.Task;

    private protected override void SetResult(ReadOnlyMemory<byte> data)
    {
        try
        {
            _answer.TrySetResult(Payloads.Read(data, _type)!);
        }
        catch (PayloadException fault)
        {
            _answer.TrySetException(new HeliosException(
                ErrorCodes.ValidationError, $"The answer to '{Method}' cannot be read as {typeof(TResult).Name}: {fault.Message} Path: {fault.Errors[0].Path}.", innerException: fault));
        }
    }

    private protected override void SetException(Exception exception)
    {
        if (exception is OperationCanceledException { CancellationToken: var token }) _answer.TrySetCanceled(token);
        else _answer.TrySetException(exception);
        // A failure that nobody awaits is no unobserved exception: fire and forget is allowed.
        _ = _answer.Task.Exception;
    }
}
