using HeliosStarling.Protocol;

namespace HeliosStarling;

/// <content>Event-loop mode: what may be done on an I/O thread.</content>
internal abstract partial class Session
{
    /// <summary>
    /// Takes a complete text message on an I/O thread, if no code of the application runs for it but a handler that does not block. The message is
    /// valid during the call.
    /// </summary>
    /// <returns>False when nothing was done: the message is to be received on a thread of the pool.</returns>
    public bool TryReceiveText(Connection from, ReadOnlyMemory<byte> utf8)
    {
        var status = MessageReader.Read(utf8, out var message, out var violation);
        if (!IsForIoThread(status, in message)) return false;
        Receive(from, utf8, status, in message, violation);
        return true;
    }

    private bool IsForIoThread(ReadStatus status, in Message message) => status switch
    {
        ReadStatus.Message => message.Type switch
        {
            MessageType.Request => !engine.Methods.TryGet(message.Name.Span, out var method) || method.IsForIoThread(engine.Filters),
            MessageType.Notification when message.IdText.IsEmpty => engine.Topics.Index.Find(message.Name.Span).Subscriptions.Length == 0,
            MessageType.Notification => message.Name.Span.SequenceEqual("system:cancel"u8),
            MessageType.Error => false,
            _ => true,
        },
        ReadStatus.Json or ReadStatus.Text => false,
        _ => true,
    };
}
