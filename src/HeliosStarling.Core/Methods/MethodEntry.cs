namespace HeliosStarling;

/// <summary>Reads the payload, runs the user's code, answers. Faults are thrown.</summary>
internal delegate ValueTask RequestHandler(InboundRequest request);

/// <summary>What runs when a method is called.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Handler">What runs.</param>
/// <param name="Options">How the method is offered.</param>
/// <param name="KeepsPayload">Whether the handler can look at the raw payload after its first await, so that the bytes must outlive the
/// frame.</param>
internal sealed record MethodEntry(string Name, RequestHandler Handler, MethodOptions Options, bool KeepsPayload)
{
    /// <summary>What decides whether a request comes in at all, before all filters.</summary>
    public AppendList<Guard<InboundRequest>> Guards { get; } = new();

    /// <summary>The method's own filters, inside those of all methods.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();
}
