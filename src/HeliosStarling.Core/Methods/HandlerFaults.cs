using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Adds the location to errors in handlers that are found at registration: the method or topic, and the parameter.</summary>
internal static class HandlerFaults
{
    /// <summary>Adds a location to the start of an error message.</summary>
    /// <param name="place">The location, such as <c>Method 'chat:send'</c>.</param>
    /// <param name="bind">The function that may throw the error.</param>
    /// <exception cref="InvalidOperationException">The function threw an error.</exception>
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

    /// <summary>Returns the JSON metadata of a handler's result.</summary>
    /// <exception cref="InvalidOperationException">There is no JSON metadata for the type. The message says what to do.</exception>
    public static JsonTypeInfo<T> TypeOfResult<T>(Engine engine) => NameIn("the result", engine.TypeInfo<T>);
}
