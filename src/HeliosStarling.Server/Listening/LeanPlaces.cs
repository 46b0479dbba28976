using System.Net;

namespace HeliosStarling;

/// <summary>
/// The places of a lean listener's sockets before their upgrade: for those that may try, and for those that wait for a refusal.
/// </summary>
/// <remarks>Safe to use concurrently.</remarks>
internal sealed class LeanPlaces
{
    // A small server too has room to tell those whom it refuses why.
    private const int LeastOpening = 128;

    // Clients that come too often get an answer as long as few wait for one.
    private const int MostRefusing = 128;

    /// <param name="connections">How many connections the server takes.</param>
    /// <param name="handles">
    /// The process's file handles, where they are known: connections and both kinds of places fit into them together.
    /// </param>
    public LeanPlaces(int connections, FileHandles? handles)
    {
        var sockets = handles is { } known ? known.ForClients - connections : int.MaxValue;
        Refusing = new OpeningPlaces(Math.Clamp(sockets / 4, 1, MostRefusing));
        Opening = new OpeningPlaces(Math.Clamp(sockets - Refusing.Limit, 1, Math.Max(connections, LeastOpening)));
    }

    /// <summary>For sockets whose upgrade is not decided yet.</summary>
    public OpeningPlaces Opening { get; }

    /// <summary>For sockets that are refused, and are told so when their request comes.</summary>
    public OpeningPlaces Refusing { get; }

    /// <summary>
    /// Takes a place; null when there is none. A client that comes too often takes no place of the others, and over TLS none at all: the
    /// answer would cost a handshake.
    /// </summary>
    public OpeningPlace? TryTake(IPAddress? address, bool isSecure, bool isTooMany)
    {
        if (!isTooMany) return Opening.TryTake(address);
        return isSecure ? null : Refusing.TryTake(address);
    }
}
