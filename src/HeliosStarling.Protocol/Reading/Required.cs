namespace HeliosStarling.Protocol;

/// <summary>Reads required fields, and adds a fault when a field is missing or invalid.</summary>
internal static class Required
{
    public static Guid Uuid(ref FieldReader fields, FieldId id, string name, out ReadOnlyMemory<byte> text)
    {
        if (!fields.TryGetUuid(id, out var uuid, out text)) AddFault(ref fields, id, name, "must be a UUID");
        return uuid;
    }

    public static long Count(ref FieldReader fields, FieldId id, string name)
    {
        if (!fields.TryGetCount(id, out var count)) AddFault(ref fields, id, name, "must be an integer of at least 0");
        return count;
    }

    public static void AddFault(ref FieldReader fields, FieldId id, string name, string rule) =>
        fields.AddFault($"{name}: {(fields[id].IsMissing ? "is missing" : rule)}");
}
