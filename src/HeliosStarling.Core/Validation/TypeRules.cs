using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace HeliosStarling;

/// <summary>What the values of a type must keep to: its attributes, its members' and those of all that can be reached from it.</summary>
internal sealed class TypeRules(Type type)
{
    public Type Type => type;

    public ValidationAttribute[] Attributes { get; } = [.. type.GetCustomAttributes<ValidationAttribute>(inherit: true)];

    public bool IsValidatable { get; } = type.IsAssignableTo(typeof(IValidatableObject));

    public List<MemberRules> Members { get; } = [];

    /// <summary>The names on the wire of all members, by their names in C#.</summary>
    public Dictionary<string, string> WireNames { get; } = [];

    /// <summary>The rules of a list's items or a dictionary's values.</summary>
    public TypeRules? Items { get; set; }

    public bool IsDictionary { get; set; }

    /// <summary>The rules of the types that the wire may name instead of this one.</summary>
    public Dictionary<Type, TypeRules> Derived { get; } = [];

    /// <summary>Whether all that can be reached from here is known.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether there is anything to keep to, here or in what can be reached.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>Whether values may come back to themselves.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>Whether there is anything to keep to, as far as is known.</summary>
    public bool HasRules =>
        Attributes.Length > 0
        || IsValidatable
        || Items is { IsNeeded: true }
        || Members.Exists(member => member.IsNeeded)
        || Derived.Values.Any(rules => rules.IsNeeded);

    /// <summary>Looks at a value.</summary>
    /// <returns>All that is wrong with it; null when nothing is.</returns>
    public IReadOnlyList<ValidationError>? Check(object value, IServiceProvider? services)
    {
        var errors = new ValidationErrors();
        new Inspection(errors, services, IsRecursive).Check(this, value);
        return errors.Count == 0 ? null : errors.All;
    }

    /// <summary>The rules of what came in fact.</summary>
    public TypeRules For(object value) => Derived.GetValueOrDefault(value.GetType(), this);
}
