using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Says where a fault is that is found when a handler is registered: in which method or topic, and in which parameter.</summary>
internal static class HandlerFaults
{
    /// <summary>Puts the place in front of the message of a fault.</summary>
    /// <param name="place">Where it is, such as <c>Method 'chat:send'</c>.</param>
    /// <param name="bind">What may find it.</param>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    public static T NameIn<T>(string place, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (InvalidOperationException fault) when (fault is not ObjectDisposedException)
        {
            throw new InvalidOperationException($"{place}: {fault.Message}", fault);
        }
    }

    /// <inheritdoc cref="NameIn{T}(string, Func{T})"/>
    public static T NameIn<T>(ParameterInfo? parameter, Func<T> bind) =>
        parameter is null ? bind() : NameIn($"parameter '{parameter.Name}'", bind);

    /// <summary>How the result of a handler is written.</summary>
    /// <exception cref="InvalidOperationException">It cannot be; the message says what to do.</exception>
    public static JsonTypeInfo<T> TypeOfResult<T>(Engine engine) => NameIn("the result", engine.TypeInfo<T>);
}
