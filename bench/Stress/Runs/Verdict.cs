namespace HeliosStarling.Stress;

/// <summary>Checks promises and prints whether each was kept.</summary>
internal sealed class Verdict
{
    private const long Megabyte = 1024 * 1024;

    // HeliosOptions.MaxBufferedBytes: each starling always has this much, for incomplete messages, payloads and frames.
    private const long AlwaysOfOne = 3 * 64 * 1024;

    public bool Holds { get; private set; } = true;

    public void Check(bool kept, string promise)
    {
        Console.WriteLine($"  {(kept ? "kept  " : "BROKEN")}  {promise}");
        Holds &= kept;
    }

    /// <summary>Checks that a server stayed within its options.</summary>
    /// <param name="peaks">The server's peaks.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="starlings">The most starlings that the server had, connected and held.</param>
    public void CheckBounds(Peaks peaks, HeliosOptions options, int starlings)
    {
        var bound = options.MaxBufferedBytes + (starlings * AlwaysOfOne);
        Check(peaks.Buffered <= bound, $"buffered {InMegabytes(peaks.Buffered)} MB of {InMegabytes(options.MaxBufferedBytes)} MB and 192 KiB for each of {starlings} starlings");
        Check(peaks.Running <= options.MaxConcurrentRequests, $"{peaks.Running} handlers ran of {options.MaxConcurrentRequests}");
        Check(peaks.Waiting <= options.MaxQueuedRequests, $"{peaks.Waiting} requests waited of {options.MaxQueuedRequests}");
        Check(peaks.Blocking <= options.MaxBlockingThreads, $"{peaks.Blocking} threads were blocked of {options.MaxBlockingThreads}");
        Check(
            peaks.MostRequestsOfOne <= options.MaxRequestsPerStarling,
            $"{peaks.MostRequestsOfOne} requests of one starling were open of {options.MaxRequestsPerStarling}");
        Check(
            peaks.MostMessagesOfOne <= options.MessageBufferSize,
            $"{peaks.MostMessagesOfOne} messages were kept for one starling of {options.MessageBufferSize}");
        Check(peaks.LargestOutbox <= options.MessageBufferBytes + options.MaxMessageSize, $"{InMegabytes(peaks.LargestOutbox)} MB were kept for one starling of {InMegabytes(options.MessageBufferBytes)} MB and one message");
    }

    public static long InMegabytes(long bytes) => bytes / Megabyte;
}
