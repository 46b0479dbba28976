using System.ComponentModel.DataAnnotations;

namespace HeliosStarling;

/// <summary>The validation rules of a member of a type.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="ClrName">The name in C#, which attributes that compare members use.</param>
/// <param name="DisplayName">The name in error messages.</param>
/// <param name="Get">Reads the value of the member.</param>
/// <param name="Attributes">The attributes of the member, <see cref="RequiredAttribute"/> first.</param>
/// <param name="Rules">The rules of its type; null when there are none.</param>
internal sealed record MemberRules(
    string Name, string ClrName, string DisplayName, Func<object, object?> Get, ValidationAttribute[] Attributes, TypeRules? Rules)
{
    public bool IsNeeded => Attributes.Length > 0 || Rules is { IsNeeded: true };
}
