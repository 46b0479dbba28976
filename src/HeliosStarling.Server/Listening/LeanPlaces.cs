using System.Net;

namespace HeliosStarling;

/// <summary>
/// The places of a lean listener's sockets before their upgrade: places for upgrades, and places for clients that are being refused.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class LeanPlaces
{
    // Even a small server has places to answer clients that it refuses.
    private const int LeastOpening = 128;

    // Clients that connect too often get an answer only while few of them wait for one.
    private const int MostRefusing = 128;

    /// <param name="connections">The server's maximum number of connections.</param>
    /// <param name="handles">
    /// The file handles of the process, if known. Connections and both kinds of places together do not exceed them.
    /// </param>
    public LeanPlaces(int connections, FileHandles? handles)
    {
        var sockets = handles is { } known ? known.ForClients - connections : int.MaxValue;
        Refusing = new OpeningPlaces(Math.Clamp(sockets / 4, 1, MostRefusing));
        Opening = new OpeningPlaces(Math.Clamp(sockets - Refusing.Limit, 1, Math.Max(connections, LeastOpening)));
    }

    /// <summary>The places for sockets whose upgrade is not decided yet.</summary>
    public OpeningPlaces Opening { get; }

    /// <summary>The places for sockets that are refused when their request arrives.</summary>
    public OpeningPlaces Refusing { get; }

    /// <summary>
    /// Takes a place; null when there is none. A client that connects too often takes no place of the others. Over TLS it gets no place at
    /// all, because the answer would need a handshake.
    /// </summary>
    public OpeningPlace? TryTake(IPAddress? address, bool isSecure, bool isTooMany)
    {
        if (!isTooMany) return Opening.TryTake(address);
        return isSecure ? null : Refusing.TryTake(address);
    }
}
