using System.Collections.Concurrent;
using System.Reflection;

namespace HeliosStarling.Locks;

/// <summary>Finds locks that the current thread holds, on any object reachable from some roots.</summary>
internal static class HeldLocks
{
    // Objects behind these are not ours and do not lead back to ours.
    private static readonly string[] s_foreign =
    [
        "System.Reflection", "System.Net", "System.Text.Json", "System.Globalization", "System.Resources", "System.Diagnostics",
        "System.Text.RegularExpressions", "Xunit", "Microsoft.Win32",
    ];

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    /// <summary>The types of the objects that the current thread has locked.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<object> roots)
    {
        var (held, seen, queue) = (
            new List<string>(), new HashSet<object>(ReferenceEqualityComparer.Instance), new Queue<(object Item, string Owner)>());
        foreach (var root in roots.Concat(s_statics.Value)) Visit(root, "root");
        while (queue.TryDequeue(out var next))
        {
            if (next.Item is Lock { IsHeldByCurrentThread: true } || (!next.Item.GetType().IsValueType
                && next.Item is not Lock
                && Monitor.IsEntered(next.Item))) held.Add($"{next.Owner} ({next.Item.GetType().Name})");
            if (next.Item is Array array && !array.GetType().GetElementType()!.IsPrimitive)
                foreach (var element in array) Visit(element, next.Owner);
            foreach (var field in FieldsOf(next.Item.GetType())) Visit(field.GetValue(next.Item), field.DeclaringType!.Name);
        }
        return held;

        void Visit(object? item, string owner)
        {
            if (item is not null && !IsForeign(item.GetType()) && (item.GetType().IsValueType || seen.Add(item)))
                queue.Enqueue((item, owner));
        }
    }

    private static readonly Lazy<object[]> s_statics = new(() =>
    [
        .. new[] { typeof(Helios), typeof(StarlingClient), typeof(Engine) }.SelectMany(type => type.Assembly.GetTypes())
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(
                type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => !field.IsLiteral && IsWorthALook(field.FieldType))
            .Select(field => field.GetValue(null)).OfType<object>(),
    ]);

    private static FieldInfo[] FieldsOf(Type type) => s_fields.GetOrAdd(type, static type =>
    {
        var fields = new List<FieldInfo>();
        for (var at = type; at is not null && at != typeof(object); at = at.BaseType)
            fields.AddRange(at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => IsWorthALook(field.FieldType)));
        return [.. fields];
    });

    private static bool IsWorthALook(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !type.IsPointer && !type.IsFunctionPointer && !type.IsByRefLike && !IsForeign(type);

    private static bool IsForeign(Type type) =>
        type == typeof(string) || type.IsPrimitive || type.IsEnum || type == typeof(Thread) || typeof(MemberInfo).IsAssignableFrom(type)
        || (type.Namespace is { } name && Array.Exists(s_foreign, foreign => name.StartsWith(foreign, StringComparison.Ordinal)));
}
