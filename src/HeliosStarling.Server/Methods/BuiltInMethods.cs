using System.Text.Json;
using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <summary>The built-in methods of every server (docs/protocol.md section 5).</summary>
internal static class BuiltInMethods
{
    private static readonly MethodOptions s_options = new() { Timeout = TimeSpan.FromSeconds(5), Private = true };

    public static void Register(Node node, TicketRenewal renewal)
    {
        var started = node.Engine.Time.GetTimestamp();
        Add(node, "system:ping", s_options, json => WritePing(json, node.Engine.Time, started));
        Add(node, "system:capabilities", s_options, json => WriteCapabilities(json, node));
        Add(node, "system:methods", s_options, json => WriteMethods(json, node));
        AddToken(node, "starling:getToken", (_, _) => { });
        AddToken(node, "starling:state", WriteState);
        node.Dispatcher.Methods.AddBuiltIn(
            new MethodEntry(TicketRenewal.MethodName, renewal.AnswerAsync, new MethodOptions { Private = true }));
    }

    private static void AddToken(Node node, string name, Action<Utf8JsonWriter, Starling> writeMore) =>
        node.Dispatcher.Methods.AddBuiltIn(new MethodEntry(name, request => AnswerTokenAsync(request, writeMore), s_options));

    private static async ValueTask AnswerTokenAsync(InboundRequest request, Action<Utf8JsonWriter, Starling> writeMore)
    {
        var starling = ((StarlingSession)request.Session).Starling;
        var token = await starling.States.GenerateTokenAsync(null, request.CancellationToken).ConfigureAwait(false);
        request.Succeed(new WrittenJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("token", token.Token);
            json.WriteNumber("expiresIn", (long)token.ExpiresIn.TotalSeconds);
            writeMore(json, starling);
            json.WriteEndObject();
        }), hasReturned: true);
    }

    private static void WriteState(Utf8JsonWriter json, Starling starling)
    {
        TicketRenewal.WriteExpiry(json, starling.UserExpiresAt, starling.Node.Engine.Time.GetUtcNow());
        json.WriteStartObject("state");
        json.WriteBoolean("connected", starling.IsConnected);
        json.WriteNumber("lastConnected", starling.LastConnected.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    private static void Add(Node node, string name, MethodOptions options, Action<Utf8JsonWriter> write) =>
        node.Dispatcher.Methods.AddBuiltIn(new MethodEntry(name, request => Answer(request, write), options));

    private static ValueTask Answer(InboundRequest request, Action<Utf8JsonWriter> write)
    {
        request.Succeed(new WrittenJson(write), hasReturned: true);
        return default;
    }

    private static void WritePing(Utf8JsonWriter json, TimeProvider time, long started)
    {
        json.WriteStartObject();
        json.WriteNumber("timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteNumber("uptime", Math.Round(time.GetElapsedTime(started).TotalSeconds, 3));
        json.WriteEndObject();
    }

    private static void WriteCapabilities(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteStartObject("protocol");
        json.WriteString("name", HeliosProtocol.Name);
        json.WriteString("version", HeliosProtocol.Version);
        json.WriteNumber("timestamp", node.Engine.Time.GetUtcNow().ToUnixTimeMilliseconds());
        json.WriteEndObject();
        json.WriteStartObject("features");
        json.WriteBoolean("notifications", true);
        json.WriteBoolean("binaryMessages", true);
        json.WriteBoolean("progress", true);
        json.WriteBoolean("streams", true);
        json.WriteBoolean("cancellation", true);
        json.WriteBoolean("stateRecovery", true);
        json.WriteBoolean("resume", true);
        json.WriteBoolean("proxies", false);
        json.WriteEndObject();
        WriteLimits(json, node.Options);
        json.WriteEndObject();
    }

    /// <summary>Writes the limits of the server, for <c>system:capabilities</c> and the welcome.</summary>
    public static void WriteLimits(Utf8JsonWriter json, HeliosOptions options)
    {
        json.WriteStartObject("limits");
        json.WriteNumber("maxMessageSize", options.MaxMessageSize);
        json.WriteNumber("maxDepth", ProtocolLimits.MaxDepth);
        json.WriteNumber("maxRequests", options.MaxRequestsPerStarling);
        json.WriteNumber("maxRequestBytes", options.MaxRequestBytesPerStarling);
        json.WriteNumber("requestTimeout", (long)options.RequestTimeout.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void WriteMethods(Utf8JsonWriter json, Node node)
    {
        json.WriteStartArray();
        foreach (var method in node.Dispatcher.Methods.Entries.Where(method => !method.Options.Private).OrderBy(
            method => method.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", method.Name);
            var timeout = method.Options.Timeout ?? node.Options.RequestTimeout;
            if (timeout != Timeout.InfiniteTimeSpan) json.WriteNumber("timeout", (long)timeout.TotalMilliseconds);
            if (method.Options.Metadata is { } metadata)
            {
                json.WritePropertyName("metadata");
                JsonSerializer.Serialize(json, metadata, node.Engine.TypeInfo(metadata.GetType()));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
