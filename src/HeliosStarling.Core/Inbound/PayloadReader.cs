using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>
/// Reads and validates the payload of a handler. Errors are returned, not thrown, because attackers can cause many of them.
/// </summary>
/// <param name="type">The JSON metadata of the type.</param>
/// <param name="rules">The validation rules of the type; null when there are none.</param>
/// <param name="takesNull">Whether the handler accepts null for a missing payload.</param>
/// <param name="contextOf">Creates the context, whose services the rules may use; null when there are no services.</param>
/// <param name="absent">Creates the value for a missing payload. Null: a missing payload is read as null.</param>
internal sealed class PayloadReader<T>(
    JsonTypeInfo<T> type, TypeRules? rules, bool takesNull, Func<InboundRequest, RequestContextBase>? contextOf, Func<T?>? absent)
{
    private readonly bool _takesNull = takesNull || typeof(T) == typeof(object) || Nullable.GetUnderlyingType(typeof(T)) is not null;

    /// <summary>Indicates whether there are validation rules.</summary>
    public bool HasRules => rules is not null;

    /// <summary>Reads the payload of a request. If it is invalid, refuses the request and returns false.</summary>
    public bool TryRead(InboundRequest request, [MaybeNullWhen(false)] out T value)
    {
        if (TryRead(request.Payload.Data, rules is null ? null : contextOf?.Invoke(request).LazyRequestServices, out value, out var errors)
            && request.Method.Accepts(value, out errors)) return true;
        request.Refuse(errors);
        return false;
    }

    /// <summary>Reads and validates a value.</summary>
    public bool TryRead(
        ReadOnlyMemory<byte> utf8,
        IServiceProvider? services,
        [MaybeNullWhen(false)] out T value,
        [NotNullWhen(false)] out IReadOnlyList<ValidationError>? errors)
    {
        ValidationError? fault = null;
        if (absent is not null && utf8.IsEmpty) value = absent();
        else PayloadJson.TryRead(utf8, type, out value, out fault);
        if (fault is not null) errors = [fault];
        else if (value is null) errors = _takesNull ? null : [PayloadJson.Required];
        else errors = rules?.Check(value, services);
        return errors is null;
    }
}
