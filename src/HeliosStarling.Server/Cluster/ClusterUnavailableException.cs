namespace HeliosStarling;

/// <summary>The store that the nodes share did not answer. The requested change may have been made.</summary>
internal sealed class ClusterUnavailableException(string? message = null, Exception? innerException = null)
    : Exception(message ?? "The store that the nodes share does not answer. What was asked may have happened.", innerException);
