using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace HeliosStarling;

/// <summary>Reads the payload, runs the handler and answers the request. Throws when the handler fails.</summary>
internal delegate ValueTask RequestHandler(InboundRequest request);

/// <summary>A registered method.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Handler">Runs a request of the method.</param>
/// <param name="Options">The options of the method.</param>
internal sealed record MethodEntry(string Name, RequestHandler Handler, MethodOptions Options)
{
    /// <summary>The name as UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>Runs a request: first the validator of the raw payload, if there is one, and then the registered handler.</summary>
    public RequestHandler Handler { get; } = Options.Validator is { } validator ? RawValidation.Before(Handler, validator) : Handler;

    /// <summary>The type of the handler's payload; null when it has no typed payload.</summary>
    public Type? PayloadType { get; init; }

    /// <summary>Runs the handler without a request object, if the payload is its only parameter; otherwise null.</summary>
    public InlineHandler? Inline { get; init; }

    /// <summary>The validators of the deserialized payload.</summary>
    public AppendList<Func<object, IEnumerable<ValidationError>>> Validators { get; } = new();

    /// <summary>The guards, which decide whether a request is handled. They run before all filters.</summary>
    public AppendList<Guard<InboundRequest>> Guards { get; } = new();

    /// <summary>The filters of this method. They run inside the filters of all methods.</summary>
    public AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> Filters { get; } = new();

    /// <summary>
    /// Returns the <see cref="Inline"/> handler, if it does not block and there are no validators, guards and filters now; otherwise null.
    /// </summary>
    /// <param name="shared">The filters of all methods.</param>
    public InlineHandler? InlineOrNull(AppendList<Func<InboundRequest, Func<ValueTask>, ValueTask>> shared) =>
        Inline is not null
            && !Options.Blocking
            && Options.Validator is null
            && Validators.All.Length + Guards.All.Length + Filters.All.Length + shared.All.Length == 0
            ? Inline
            : null;

    /// <summary>Runs all validators.</summary>
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
