namespace HeliosStarling;

/// <summary>A registered method.</summary>
public sealed class MethodRegistration
{
    private readonly Methods _methods;

    internal MethodRegistration(Methods methods, MethodEntry entry) => (_methods, Entry) = (methods, entry);

    internal MethodEntry Entry { get; }

    /// <summary>The services of the application that registered the method; null when it has none to give.</summary>
    internal IServiceProvider? Services => _methods.Services;

    /// <summary>The method's name.</summary>
    public string Name => Entry.Name;

    /// <summary>How it is offered.</summary>
    public MethodOptions Options => Entry.Options;

    /// <summary>Takes the method away; requests that run already go on.</summary>
    /// <returns>False when it was gone already.</returns>
    public bool Unregister() => _methods.Remove(Entry);
}
