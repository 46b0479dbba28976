using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HeliosStarling;

/// <summary>Reads the payload, runs the user's code, answers. Faults are thrown.</summary>
internal delegate ValueTask RequestHandler(InboundRequest request);

/// <summary>What runs when a method is called.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Handler">What runs.</param>
/// <param name="Options">How the method is offered.</param>
internal sealed record MethodEntry(string Name, RequestHandler Handler, MethodOptions Options)
{
    /// <summary>The name as it stands in a frame.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>What runs: the validator of the raw payload, if there is one, then what was registered.</summary>
    public RequestHandler Handler { get; } = Options.Validator is { } validator ? RawValidation.Before(Handler, validator) : Handler;

    /// <summary>What the handler takes; null when it reads no payload of a type.</summary>
    public Type? PayloadType { get; init; }

    /// <summary>The handler without a request, if it takes its payload alone.</summary>
    public InlineHandler? Inline { get; init; }

    /// <summary>What looks at the payload when it was read.</summary>
    public AppendList<Func<object, IEnumerable<ValidationError>>> Validators { get; } = new();

    /// <summary>What decides whether a request comes in at all, before all filters.</summary>
    public AppendList<Guard<InboundRequest>> Guards { get; } = new();

    /// <summary>The method's own filters, inside those of all methods.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>
    /// The <see cref="Inline"/> handler, if no other code of the application takes part in a request now and it does not block; else null.
    /// </summary>
    /// <param name="shared">The filters of all methods.</param>
    public InlineHandler? InlineOrNull(AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> shared) =>
        Inline is not null
            && !Options.Blocking
            && Options.Validator is null
            && Validators.All.Length + Guards.All.Length + Filters.All.Length + shared.All.Length == 0
            ? Inline
            : null;

    /// <summary>Asks all validators.</summary>
    public bool Accepts<T>(T payload, [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors)
    {
        errors = null;
        var validators = Validators.All;
        if (validators.Length == 0 || payload is null) return true;
        var found = new ValidationErrors();
        foreach (var validator in validators) found.Add(validator(payload));
        if (found.Count > 0) errors = found.All;
        return errors is null;
    }
}
