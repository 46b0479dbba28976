using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace HeliosStarling;

/// <summary>A request's headers as filters of upgrades read them: names in any case, the values of repeated ones joined by commas.</summary>
/// <remarks>Not copied: ASP.NET Core keeps what enumerating them needs as long as the connection.</remarks>
internal sealed class HttpHeaders(IHeaderDictionary headers) : IReadOnlyDictionary<string, string>
{
    public IEnumerable<string> Keys => headers.Keys;

    public IEnumerable<string> Values => headers.Values.Select(static values => values.ToString());

    public int Count => headers.Count;

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no header '{key}'. Ask with TryGetValue.");

    public bool ContainsKey(string key) => headers.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        value = headers.TryGetValue(key, out var values) ? values.ToString() : null;
        return value is not null;
    }

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => headers.Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString())).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
