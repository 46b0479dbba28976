namespace HeliosStarling;

/// <summary>A message or repetition that a sender puts into a channel.</summary>
/// <param name="Message">The message; without bytes for a repetition.</param>
/// <param name="Number">The number of the message.</param>
/// <param name="IsRepetition">Whether it only repeats the last number.</param>
internal readonly record struct BackplaneDelivery(BackplaneMessage Message, MessageNumber Number, bool IsRepetition);
