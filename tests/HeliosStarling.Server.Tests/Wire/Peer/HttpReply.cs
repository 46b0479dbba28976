using System.Text;

namespace HeliosStarling.Wire;

internal sealed record HttpReply(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static async Task<HttpReply> ReadAsync(ByteReader input)
    {
        var lines = (await input.TakeHeadAsync()).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(
            pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text) : 0;
        return new HttpReply(int.Parse(lines[0].Split(' ')[1]), headers, Encoding.UTF8.GetString(await input.TakeAsync(length)));
    }
}
