namespace HeliosStarling.Siege;

/// <summary>What was promised and whether it was kept.</summary>
internal sealed class Verdict
{
    private const long Megabyte = 1024 * 1024;

    // HeliosOptions.MaxBufferedBytes: what each starling always has, for messages half come, payloads and frames.
    private const long AlwaysOfOne = 3 * 64 * 1024;

    public bool Holds { get; private set; } = true;

    public void Check(bool kept, string promise)
    {
        Console.WriteLine($"  {(kept ? "kept  " : "BROKEN")}  {promise}");
        Holds &= kept;
    }

    /// <summary>Whether a server stayed within what its options say.</summary>
    /// <param name="peaks">What it held at most.</param>
    /// <param name="options">Its options.</param>
    /// <param name="starlings">How many starlings it had at most, connected and away.</param>
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
