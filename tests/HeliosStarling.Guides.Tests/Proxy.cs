using System.Net;
using System.Net.Sockets;

namespace HeliosStarling.Guides;

/// <summary>nginx or HAProxy on a free port, with its configuration from <c>docs/proxy</c>.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    // Further settings for a test: files in its own folder, in the foreground, without root.
    private const string NginxFolders =
        "http {\n client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;\n";

    private readonly DirectoryInfo _folder;
    private readonly RunningProgram _program;

    private Proxy(DirectoryInfo folder, RunningProgram program, int port) => (_folder, _program, Port) = (folder, program, port);

    public int Port { get; }

    public Uri Address => new($"ws://127.0.0.1:{Port}/helios");

    public string Output => _program.Output;

    /// <summary>Skips the test when the program is not installed.</summary>
    public static async Task<Proxy> StartAsync(string name, Uri server, int idleSeconds = 60)
    {
        var program = Find(name);
        Assert.SkipWhen(program is null, $"{name} is not installed; test.sh installs it.");
        var (folder, port) = (Directory.CreateTempSubdirectory("helios-proxy-"), FreePort());
        var file = name == "nginx" ? "nginx.conf" : "haproxy.cfg";
        var text = (await File.ReadAllTextAsync(Repository.PathOf("docs", "proxy", file)))
            .Replace("127.0.0.1:8080", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", server.Authority, StringComparison.Ordinal)
            .Replace(" 60s", $" {idleSeconds}s", StringComparison.Ordinal)
            .Replace("maxconn 20000", "maxconn 100", StringComparison.Ordinal)
            .Replace("http {\n", NginxFolders, StringComparison.Ordinal);
        var path = Path.Combine(folder.FullName, file);
        await File.WriteAllTextAsync(path, text);
        string[] arguments = name == "nginx"
            ? ["-p", folder.FullName, "-c", path, "-e", "stderr", "-g", $"daemon off; pid {folder.FullName}/pid; error_log stderr;"]
            : ["-db", "-f", path];
        var proxy = new Proxy(folder, RunningProgram.Start(program, arguments), port);
        await Eventually.TrueAsync(() => proxy.IsListening(), proxy.Output);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    // On Debian both are in a folder that a user's PATH may not contain.
    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsListening()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
