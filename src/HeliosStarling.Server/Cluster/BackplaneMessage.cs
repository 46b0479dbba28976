namespace HeliosStarling;

/// <summary>A message from another node.</summary>
/// <param name="Channel">The channel in which it was published.</param>
/// <param name="Sender">The process of the publishing node.</param>
/// <param name="Bytes">The content. The bytes never change and may be kept.</param>
internal readonly record struct BackplaneMessage(BackplaneChannel Channel, string Sender, ReadOnlyMemory<byte> Bytes);
