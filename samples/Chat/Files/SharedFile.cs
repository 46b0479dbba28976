namespace HeliosStarling.Samples.Chat.Files;

/// <summary>A file as its message shows it.</summary>
internal sealed record SharedFile(string Id, string Name, string Type, int Size);

/// <summary>The header of a file's binary message. The sender gives all but the <c>id</c>, which the receivers know it by.</summary>
internal sealed record FileHeader(string? Room, string? Name, string? Type, string? Id = null);

/// <summary>Why a file was not taken.</summary>
internal sealed record FileRefused(string? Name, string Reason);

/// <summary>Asks for a file's bytes again.</summary>
internal sealed record FetchFile(string Id);
