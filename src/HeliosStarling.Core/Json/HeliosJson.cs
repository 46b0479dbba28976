using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>The default JSON settings of server and client.</summary>
internal static class HeliosJson
{
    /// <summary>
    /// Creates settings with camelCase names, strict checks of required and non-nullable members, and a type discriminator at any position.
    /// </summary>
    public static JsonSerializerOptions CreateOptions() => new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowOutOfOrderMetadataProperties = true,
    };

    /// <summary>
    /// Makes the settings read-only. Where reflection is enabled, it describes the types that no <c>JsonSerializerContext</c> describes.
    /// </summary>
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
