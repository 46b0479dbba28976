using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Reads what a handler takes, and validates it. A refusal is a value: attackers cause many.</summary>
/// <param name="type">How the type is read.</param>
/// <param name="rules">What its values must keep to; null for nothing.</param>
/// <param name="takesNull">Whether the handler takes null for what is missing.</param>
/// <param name="contextOf">Makes the context whose services rules may ask for; null when there are none.</param>
/// <param name="absent">What stands for a value that is not there; null when that is read as null.</param>
internal sealed class PayloadReader<T>(
    JsonTypeInfo<T> type, TypeRules? rules, bool takesNull, Func<InboundRequest, RequestContextBase>? contextOf, Func<T?>? absent)
{
    private readonly bool _takesNull = takesNull || typeof(T) == typeof(object) || Nullable.GetUnderlyingType(typeof(T)) is not null;

    /// <summary>Whether values must keep to rules.</summary>
    public bool HasRules => rules is not null;

    /// <summary>Reads a request's payload, or refuses the request.</summary>
    public bool TryRead(InboundRequest request, [MaybeNullWhen(false)] out T value)
    {
        if (TryRead(request.Payload.Data, rules is null ? null : contextOf?.Invoke(request).LazyRequestServices, out value, out var errors)
            && request.Method.Accepts(value, out errors)) return true;
        request.Refuse(errors);
        return false;
    }

    /// <summary>Reads a value.</summary>
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
