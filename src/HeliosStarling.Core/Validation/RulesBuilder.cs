using System.Collections;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HeliosStarling;

/// <summary>Collects the validation rules of a payload type once, so that a type without rules costs nothing later.</summary>
/// <remarks>It uses the JSON metadata, which is available in a trimmed application, too.</remarks>
internal sealed class RulesBuilder(JsonSerializerOptions options)
{
    private readonly Dictionary<Type, TypeRules> _rules = [];
    private bool _isRecursive;

    /// <summary>Returns the rules of a type; null when it has none.</summary>
    /// <exception cref="InvalidOperationException">The type has rules that cannot be checked.</exception>
    public static TypeRules? Build(JsonTypeInfo type)
    {
        var builder = new RulesBuilder(type.Options);
        var root = builder.Visit(type.Type);
        builder.Complete();
        root.IsRecursive = builder._isRecursive;
        return root.IsNeeded ? root : null;
    }

    private TypeRules Visit(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (_rules.TryGetValue(type, out var known))
        {
            _isRecursive |= !known.IsComplete;
            return known;
        }
        var rules = _rules[type] = new TypeRules(type);
        if (options.TryGetTypeInfo(type, out var info))
        {
            Tuples.ThrowIfEmpty(info);
            Describe(rules, info);
        }
        rules.IsComplete = true;
        return rules;
    }

    private void Describe(TypeRules rules, JsonTypeInfo info)
    {
        rules.IsDictionary = info.Kind == JsonTypeInfoKind.Dictionary;
        if (info.ElementType is { } items) rules.Items = Visit(items);
        foreach (var property in info.Properties) AddMember(rules, info, property);
        foreach (var derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            if (derived.DerivedType != rules.Type) rules.Derived[derived.DerivedType] = Visit(derived.DerivedType);
        }
    }

    private void AddMember(TypeRules rules, JsonTypeInfo info, JsonPropertyInfo property)
    {
        var member = property.AttributeProvider as MemberInfo;
        var clrName = member?.Name ?? property.Name;
        rules.WireNames[clrName] = property.Name;
        var parameter = property.AssociatedParameter?.AttributeProvider
            ?? (member is not null && rules.Type.IsValueType ? ParameterOf(rules.Type, member) : null);
        var isRead = IsRead(info, property);
        if (property.Get is null && !isRead) return;
        ValidationAttribute[] attributes =
        [
            .. All<ValidationAttribute>(property.AttributeProvider)
                .Concat(All<ValidationAttribute>(parameter))
                .OrderBy(attribute => attribute is not RequiredAttribute),
        ];
        // A member that is not read from JSON, such as a computed one, can have attributes, but its type is not visited.
        var value = isRead ? Visit(property.PropertyType) : null;
        var get = property.Get ?? (member is PropertyInfo { CanRead: true } readable ? readable.GetValue : null);
        rules.Members.Add(new MemberRules(
            property.Name, clrName, DisplayNameOf(property, parameter), get ?? Unreadable(rules, clrName), attributes, value));
    }

    /// <summary>Determines whether the value of a member is read from JSON.</summary>
    private bool IsRead(JsonTypeInfo info, JsonPropertyInfo property) =>
        property.Set is not null || property.AssociatedParameter is not null
        || (property.ObjectCreationHandling ?? info.PreferredPropertyObjectCreationHandling ?? options.PreferredObjectCreationHandling)
            == JsonObjectCreationHandling.Populate;

    /// <summary>
    /// Finds the constructor parameter of a record struct's member. The serializer does not call that constructor, so its metadata does not
    /// contain the parameter.
    /// </summary>
    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "Looks only where reflection is enabled, which a trimmed application does not.")]
    private static ParameterInfo? ParameterOf(Type type, MemberInfo member) => !JsonSerializer.IsReflectionEnabledByDefault ? null
        : type.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .FirstOrDefault(parameter => parameter.Name == member.Name);

    private void Complete()
    {
        bool hasChanged;
        do
        {
            hasChanged = false;
            foreach (var rules in _rules.Values.Where(rules => !rules.IsNeeded && rules.HasRules)) hasChanged = rules.IsNeeded = true;
        }
        while (hasChanged);
        foreach (var rules in _rules.Values) Prune(rules);
    }

    private static void Prune(TypeRules rules)
    {
        rules.Members.RemoveAll(member => !member.IsNeeded);
        if (rules.Items is not { IsNeeded: true }) rules.Items = null;
        else if (!rules.Type.IsInterface && !rules.Type.IsAssignableTo(rules.IsDictionary ? typeof(IDictionary) : typeof(IEnumerable)))
        {
            throw new InvalidOperationException(
                $"The values in '{rules.Type}' have validation rules but cannot be enumerated. Use a type that implements {(rules.IsDictionary ? nameof(IDictionary) : nameof(IEnumerable))}, such as {(rules.IsDictionary ? "Dictionary" : "List")}.");
        }
    }

    private static string DisplayNameOf(JsonPropertyInfo property, ICustomAttributeProvider? parameter) =>
        All<DisplayAttribute>(property.AttributeProvider).Concat(All<DisplayAttribute>(parameter)).FirstOrDefault()?.GetName()
        ?? All<DisplayNameAttribute>(property.AttributeProvider).FirstOrDefault()?.DisplayName
        ?? property.Name;

    // ICustomAttributeProvider.GetCustomAttributes ignores the attributes of overridden properties.
    private static IEnumerable<T> All<T>(ICustomAttributeProvider? provider)
        where T : Attribute => provider switch
        {
            null => [],
            MemberInfo member => member.GetCustomAttributes<T>(inherit: true),
            _ => provider.GetCustomAttributes(typeof(T), inherit: true).Cast<T>(),
        };

    private static Func<object, object?> Unreadable(TypeRules rules, string name) =>
        _ => throw new InvalidOperationException($"'{name}' of '{rules.Type}' has validation rules and no getter. Add one.");
}
