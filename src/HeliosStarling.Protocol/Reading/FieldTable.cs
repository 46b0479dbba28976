using System.Runtime.CompilerServices;

namespace HeliosStarling.Protocol;

/// <summary>The known fields of one message, each as it stood last, and how deep the message is.</summary>
internal struct FieldTable
{
    private Rows _rows;

    /// <summary>Where in the frame the JSON reader began.</summary>
    public int Offset { get; set; }

    /// <summary>How many objects and arrays stand in one another; one that holds none may leave it at 0.</summary>
    public int Depth { get; private set; }

    public Field this[FieldId id]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => _rows[(int)id];
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => _rows[(int)id] = value;
    }

    public void NoteDepth(int depth) => Depth = Math.Max(Depth, depth);

    /// <summary>Forgets what stood inside an earlier <c>notification</c> or <c>error</c>: of duplicates the last counts.</summary>
    public void Clear(FieldId owner)
    {
        Span<Field> all = _rows;
        if (owner == FieldId.Notification) all[(int)FieldId.NotificationTopic..(int)FieldId.Error].Clear();
        else all[(int)FieldId.ErrorSeverity..].Clear();
    }

    [InlineArray((int)FieldId.ErrorDetails + 1)]
    private struct Rows
    {
        private Field _first;
    }
}
