using HeliosStarling;
using Microsoft.Win32.SafeHandles;

namespace HandlesApp;

/// <summary>Takes all file handles that the process has left, and gives them back.</summary>
internal sealed class HeldFiles : IDisposable
{
    private readonly Stack<SafeFileHandle> _handles = new();

    public void Register(Helios helios)
    {
        helios.Method("files:take", (object? _, RequestContext _) => Take());
        helios.Method("files:give", (object? _, RequestContext _) => Give());
        helios.Method("echo:say", (string text, RequestContext _) => text);
    }

    public void Dispose()
    {
        while (_handles.TryPop(out var handle)) handle.Dispose();
    }

    private int Give()
    {
        Dispose();
        return _handles.Count;
    }

    private int Take()
    {
        try
        {
            while (true) _handles.Push(File.OpenHandle("/dev/null"));
        }
        catch (IOException)
        {
            return _handles.Count;
        }
    }
}
