using System.Buffers;
using System.Globalization;
using System.Text;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The current position in a payload, in the format of <see cref="System.Text.Json.JsonException.Path"/>.</summary>
internal sealed class JsonPath
{
    // The serializer writes names with these characters in brackets.
    private static readonly SearchValues<char> s_special = SearchValues.Create(". '/\"[]()\t\n\r\f\b\\\u0085\u2028\u2029");

    private readonly List<(string? Name, int Index)> _steps = [];

    public int Depth => _steps.Count;

    public void Enter(string name) => _steps.Add((name, 0));

    public void Enter(int index) => _steps.Add((null, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Returns the path, cut to a maximum length, because the sender chooses the keys and there can be many errors.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("$");
        foreach (var (name, index) in _steps)
        {
            if (text.Length >= ProtocolLimits.MaxErrorMessageLength) break;
            if (name is null) text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            else Append(text, name.AsSpan(0, Math.Min(name.Length, ProtocolLimits.MaxErrorMessageLength)));
        }
        return text.ToString();
    }

    /// <summary>Returns the path of a member of the current position.</summary>
    public string To(string name)
    {
        Enter(name);
        var path = ToString();
        Leave();
        return path;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> name)
    {
        if (name.ContainsAny(s_special)) text.Append("['").Append(name).Append("']");
        else text.Append('.').Append(name);
    }
}
