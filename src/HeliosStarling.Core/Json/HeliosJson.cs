using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>The JSON settings that both ends start from.</summary>
internal static class HeliosJson
{
    /// <summary>
    /// camelCase, strict about members that must be there, and free in the order of members: a type discriminator may stand anywhere.
    /// </summary>
    public static JsonSerializerOptions CreateOptions() => new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowOutOfOrderMetadataProperties = true,
    };

    /// <summary>Freezes the settings; where reflection is to be had, it describes the types that no context does.</summary>
    public static JsonSerializerOptions Freeze(JsonSerializerOptions options)
    {
        if (options.IsReadOnly) return options;
        if (JsonSerializer.IsReflectionEnabledByDefault) AddReflection(options);
        else if (options.TypeInfoResolver is null) options.TypeInfoResolver = JsonTypeInfoResolver.Combine();
        options.MakeReadOnly();
        return options;
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2026", Justification = "Reached only where reflection is enabled, which a trimmed application does not.")]
    [UnconditionalSuppressMessage(
        "AOT", "IL3050", Justification = "Reached only where reflection is enabled, which an AOT application does not.")]
    private static void AddReflection(JsonSerializerOptions options) =>
        options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
}
