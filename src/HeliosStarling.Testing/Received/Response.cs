namespace HeliosStarling.Testing;

/// <summary>A successful answer.</summary>
/// <param name="Data">The answer's data; the default of <typeparamref name="TData"/> when it came without.</param>
public sealed record Response<TData>(TData Data);
