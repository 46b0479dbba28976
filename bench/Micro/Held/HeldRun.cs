using System.Globalization;

namespace HeliosStarling.Micro;

/// <summary>What a starling weighs that is held, in bytes of the managed heap.</summary>
internal static class HeldRun
{
    /// <summary>What one may weigh besides what is buffered for it.</summary>
    private const long Goal = 2048;

    private const int WarmUp = 100;
    private const int DefaultCount = 10_000;

    /// <summary>Reads how many are held; null stands for the default.</summary>
    public static bool TryParseCount(string? text, out int count)
    {
        count = DefaultCount;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 100 and <= 1_000_000);
    }

    /// <summary>Measures and reports; false when one weighs more than it may.</summary>
    public static async Task<bool> RunAsync(int count)
    {
        await using var helios = Servers.Create(count + WarmUp);
        await HoldAsync(helios, WarmUp);
        var before = Heap();
        await HoldAsync(helios, count);
        var held = Heap();
        Console.WriteLine($"{count} starlings held with resume: {(held - before) / count} bytes each (goal: at most {Goal})");
        await TellAllAsync(helios);
        var buffered = Heap();
        Console.WriteLine($"with one message of about 100 bytes of data buffered for each: {(buffered - before) / count} bytes each, {(buffered - held) / count} of them for the message");
        GC.KeepAlive(helios);
        return (held - before) / count <= Goal;
    }

    /// <summary>Lets clients in and cuts them off; completes when all of them are held.</summary>
    private static async Task HoldAsync(Helios helios, int count)
    {
        var (crowd, before) = (new Crowd(helios), helios.Node.Held.Count);
        await crowd.EnterAsync(count, resumes: true);
        await crowd.CutAsync();
        if (helios.Node.Held.Count != before + count)
            throw new InvalidOperationException($"{helios.Node.Held.Count - before} of {count} are held.");
    }

    private static async Task TellAllAsync(Helios helios)
    {
        var payload = Texts.Payload;
        foreach (var starling in helios.Starlings.Filter(static _ => true)) await starling.NotifyAsync(Texts.Topic, payload);
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
