namespace HeliosStarling;

/// <summary>A message from another node.</summary>
/// <param name="Channel">Where it was published.</param>
/// <param name="Sender">The process of the node that published it.</param>
/// <param name="Bytes">What it says. The bytes are never written to again and may be kept.</param>
internal readonly record struct BackplaneMessage(BackplaneChannel Channel, string Sender, ReadOnlyMemory<byte> Bytes);
