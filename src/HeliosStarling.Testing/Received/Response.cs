namespace HeliosStarling.Testing;

/// <summary>A successful answer.</summary>
/// <param name="Data">The data of the answer; the default of <typeparamref name="TData"/> when absent.</param>
public sealed record Response<TData>(TData Data);
