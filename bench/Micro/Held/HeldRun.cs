using System.Globalization;

namespace HeliosStarling.Micro;

/// <summary>Measures the managed memory of a held starling.</summary>
internal static class HeldRun
{
    /// <summary>The most bytes for one starling, without its buffered messages.</summary>
    private const long Goal = 2048;

    private const int WarmUp = 100;
    private const int DefaultCount = 10_000;

    /// <summary>Reads the number of starlings. Null means the default.</summary>
    public static bool TryParseCount(string? text, out int count)
    {
        count = DefaultCount;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 100 and <= 1_000_000);
    }

    /// <summary>Measures and prints. False when a starling takes more than <see cref="Goal"/>.</summary>
    public static async Task<bool> RunAsync(int count)
    {
        await using var helios = Servers.Create(count + WarmUp);
        await HoldAsync(helios, WarmUp);
        var before = Heap();
        await HoldAsync(helios, count);
        var held = Heap();
        Console.WriteLine($"{count} starlings held with resume: {(held - before) / count} bytes each (goal: at most {Goal})");
        await NotifyAllAsync(helios);
        var buffered = Heap();
        Console.WriteLine($"with one message of about 100 bytes of data buffered for each: {(buffered - before) / count} bytes each, {(buffered - held) / count} of them for the message");
        GC.KeepAlive(helios);
        return (held - before) / count <= Goal;
    }

    /// <summary>Connects clients and drops them. Completes when all of them are held.</summary>
    private static async Task HoldAsync(Helios helios, int count)
    {
        var (clients, before) = (new InMemoryClients(helios), helios.Node.Held.Count);
        await clients.ConnectAsync(count, resumes: true);
        await clients.CutAsync();
        if (helios.Node.Held.Count != before + count)
            throw new InvalidOperationException($"{helios.Node.Held.Count - before} of {count} are held.");
    }

    private static async Task NotifyAllAsync(Helios helios)
    {
        var payload = SampleMessages.Payload;
        foreach (var starling in helios.Starlings.Filter(static _ => true)) await starling.NotifyAsync(SampleMessages.Topic, payload);
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
