using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace HeliosStarling;

/// <summary>
/// The validation rules of a type: its attributes, those of its members, and those of all types that can be reached from it.
/// </summary>
internal sealed class TypeRules(Type type)
{
    public Type Type => type;

    public ValidationAttribute[] Attributes { get; } = [.. type.GetCustomAttributes<ValidationAttribute>(inherit: true)];

    public bool IsValidatable { get; } = type.IsAssignableTo(typeof(IValidatableObject));

    public List<MemberRules> Members { get; } = [];

    /// <summary>The JSON names of all members, by their C# names.</summary>
    public Dictionary<string, string> WireNames { get; } = [];

    /// <summary>The rules of a list's items or a dictionary's values.</summary>
    public TypeRules? Items { get; set; }

    public bool IsDictionary { get; set; }

    /// <summary>The rules of the derived types that a type discriminator can select.</summary>
    public Dictionary<Type, TypeRules> Derived { get; } = [];

    /// <summary>Indicates whether all types that can be reached from this one are known.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Indicates whether this type, or a type that can be reached from it, has rules.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>Indicates whether the type can contain itself, so that a value may have a cycle.</summary>
    public bool IsRecursive { get; set; }

    /// <summary>Indicates whether there are rules, as far as is known now.</summary>
    public bool HasRules =>
        Attributes.Length > 0
        || IsValidatable
        || Items is { IsNeeded: true }
        || Members.Exists(member => member.IsNeeded)
        || Derived.Values.Any(rules => rules.IsNeeded);

    /// <summary>Validates a value.</summary>
    /// <returns>All errors; null when there are none.</returns>
    public IReadOnlyList<ValidationError>? Check(object value, IServiceProvider? services)
    {
        var errors = new ValidationErrors();
        new Inspection(errors, services, IsRecursive).Check(this, value);
        return errors.Count == 0 ? null : errors.All;
    }

    /// <summary>Returns the rules of the actual type of a value.</summary>
    public TypeRules For(object value) => Derived.GetValueOrDefault(value.GetType(), this);
}
