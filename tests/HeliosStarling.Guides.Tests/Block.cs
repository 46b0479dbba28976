namespace HeliosStarling.Guides;

/// <summary>A code block of a page: <c>```csharp server</c> is a part of the program <c>server</c>.</summary>
internal sealed record Block(string Language, string Program, string Text);
