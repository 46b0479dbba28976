using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>A request whose answer is a <typeparamref name="TResult"/>. Await it to get the answer.</summary>
public sealed class StarlingRequest<TResult> : StarlingRequest
{
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // Null when the data of the answer is ignored.
    private readonly JsonTypeInfo<TResult>? _type;
    private TResult? _result;
    private Exception? _failure;

    internal StarlingRequest(Session session, string method, JsonTypeInfo<TResult>? type, bool retries)
        : base(session, method, retries) => _type = type;

    /// <summary>
    /// The answer. The task fails with a <see cref="HeliosException"/> that has the code of the peer, <c>REQUEST_TIMEOUT</c>,
    /// <c>CONNECTION_CLOSED</c>, or <c>RESPONSE_UNREADABLE</c> when the answer cannot be read as <typeparamref name="TResult"/> or is a
    /// stream.
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
    public new TaskAwaiter<TResult> GetAwaiter() => Answer.GetAwaiter();

    /// <summary>Waits for <see cref="Answer"/> as <see cref="Task{TResult}.ConfigureAwait(bool)"/> does.</summary>
    public new ConfiguredTaskAwaitable<TResult> ConfigureAwait(bool continueOnCapturedContext) =>
        Answer.ConfigureAwait(continueOnCapturedContext);

    private protected override Task Settled => _answer.Task;

    internal override void Publish()
    {
        MarkAsOfRequest(_failure);
        if (_failure is null) _answer.TrySetResult(_result!);
        else if (_failure is OperationCanceledException { CancellationToken: var token }) _answer.TrySetCanceled(token);
        else _answer.TrySetException(_failure);
        // Marks the exception as observed, so that a request need not be awaited.
        _ = _answer.Task.Exception;
        (_result, _failure) = (default, null);
    }

    private protected override bool ReadsAnswer => _type is not null;

    private protected override void KeepResult(ReadOnlyMemory<byte> data)
    {
        if (_type is null || PayloadJson.TryRead(data, _type, out _result, out var fault)) return;
        _failure = CreateUnreadableError<TResult>("The answer", fault);
    }

    private protected override void KeepFailure(Exception failure) => _failure = failure;
}
