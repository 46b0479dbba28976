namespace HeliosStarling.Samples.Chat.Files;

/// <summary>A file as its message shows it.</summary>
sealed record SharedFile(string Id, string Name, string Type, int Size);

/// <summary>The header of a file's binary message: from the sender <c>room</c>, <c>name</c> and <c>type</c>; to the receivers the <c>id</c> too.</summary>
sealed record FileHeader(string? Room, string? Name, string? Type, string? Id = null);

/// <summary>Why a file was not taken.</summary>
sealed record FileRefused(string? Name, string Reason);

/// <summary>Asks for a file's bytes again.</summary>
sealed record FetchFile(string Id);
