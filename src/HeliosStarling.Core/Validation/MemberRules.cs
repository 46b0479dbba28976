using System.ComponentModel.DataAnnotations;

namespace HeliosStarling;

/// <summary>What a member of a type must keep to.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="ClrName">Its name in C#, which attributes that compare members go by.</param>
/// <param name="DisplayName">What messages call it.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Attributes">Its own rules, <see cref="RequiredAttribute"/> first.</param>
/// <param name="Rules">The rules of its type; null when there are none.</param>
internal sealed record MemberRules(
    string Name, string ClrName, string DisplayName, Func<object, object?> Get, ValidationAttribute[] Attributes, TypeRules? Rules)
{
    public bool IsNeeded => Attributes.Length > 0 || Rules is { IsNeeded: true };
}
