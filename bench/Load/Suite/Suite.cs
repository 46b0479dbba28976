namespace HeliosStarling.Load;

/// <summary>Measures all peers in turn, several times, on the same machine.</summary>
internal static class Suite
{
    public static int Run(SuiteSettings settings)
    {
        var peers = Peer.All.Where(peer =>
            settings.Peers is null || settings.Peers.Any(name => peer.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase))).ToList();
        var results = new Results();
        var running = new List<(Peer Peer, PeerProcess Process)>();
        foreach (var peer in peers)
        {
            if (PeerProcess.Start(peer, forgets: true) is { } process) running.Add((peer, process));
            else results.Skip($"{peer.Name}: not installed (`npm ci --prefix bench/Peers/js`)");
        }
        foreach (var work in Work.Throughput)
        {
            for (var round = 0; round < settings.Rounds; round++)
            {
                foreach (var (peer, process) in running.Where(it => work.Suits(it.Peer)))
                    Take(
                        results,
                        peer,
                        work,
                        process,
                        round > 0 ? settings.WarmUpAgain : work == Work.Throughput[0] ? 2 * settings.WarmUp : settings.WarmUp,
                        settings.Seconds);
            }
        }
        foreach (var (_, process) in running) process.Dispose();
        foreach (var work in Work.Fresh)
        {
            foreach (var (peer, _) in running.Where(it => work.Suits(it.Peer)))
            {
                using var process = PeerProcess.Start(peer, forgets: false)!;
                Take(results, peer, work, process, warmUp: 1, settings.Seconds);
            }
        }
        var table = results.ToMarkdown(settings);
        Console.WriteLine(table);
        if (!settings.IsQuick) File.WriteAllText(Path.Combine(Peer.Folder, "RESULTS.md"), table);
        return 0;
    }

    private static void Take(Results results, Peer peer, Work work, PeerProcess process, double warmUp, double seconds)
    {
        var result = process.Measure(peer, work, warmUp, seconds);
        Console.WriteLine($"{work.Name,-42} {peer.Name,-26} {result?.ToText() ?? "refused"}");
        if (result is not null) results.Add(peer, work, result);
        else results.Refuse(peer, work);
    }
}
