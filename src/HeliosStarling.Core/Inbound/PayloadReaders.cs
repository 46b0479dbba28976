namespace HeliosStarling;

/// <summary>Creates payload readers.</summary>
internal static class PayloadReaders
{
    /// <summary>Creates a reader for the payload of a handler.</summary>
    /// <param name="engine">Provides the types and their rules.</param>
    /// <param name="takesNull">Whether the handler accepts null for a missing payload.</param>
    /// <param name="contextOf">Creates the context, whose services the rules may use. Default: there are no services.</param>
    /// <param name="absent">Creates the value for a missing payload. Default: it is read as null.</param>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type, or it cannot be read from JSON. The message says
    /// what to do.</exception>
    public static PayloadReader<T> ReaderOf<T>(
        this Engine engine, bool takesNull = false, Func<InboundRequest, RequestContextBase>? contextOf = null, Func<T?>? absent = null)
    {
        var type = engine.TypeInfo<T>();
        if (!takesNull) PayloadTypes.ThrowIfUnreadable(type);
        return new PayloadReader<T>(type, engine.RulesOf(type), takesNull, contextOf, absent);
    }
}
