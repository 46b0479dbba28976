using CsCheck;

namespace HeliosStarling.Protocol;

public class ReaderPropertyTests
{
    [Fact]
    public void Read_AnyValidMessage_GivesWhatWasWritten() => ValidMessages.All.Sample(
        valid =>
        {
            Assert.Equal(ReadStatus.Message, MessageReader.Read(Frames.Utf8(valid.Frame), out var message, out _));
            Assert.True(ReaderInvariants.Same(valid.Expected, message));
        },
        iter: 3_000);

    [Fact]
    public void Read_AnyValidMessage_KeepsInvariants() =>
        ValidMessages.All.Sample(
            valid => ReaderInvariants.Check(Frames.Utf8(valid.Frame)).StartsWith("Message", StringComparison.Ordinal),
            iter: 3_000);

    [Fact]
    public void Read_AnyMutation_KeepsInvariants() => Mutations.All.Sample(frame => { ReaderInvariants.Check(frame); }, iter: 3_000);

    [Fact]
    public void Read_AnyBytes_KeepsInvariants() => Gen.Byte.Array[0, 200].Sample(frame => { ReaderInvariants.Check(frame); }, iter: 3_000);

    [Fact]
    public void Read_AnyJson_IsNeverText() =>
        JsonTexts.Value.Sample(json => MessageReader.Read(Frames.Utf8(json), out _, out _) != ReadStatus.Text, iter: 3_000);

    [Fact]
    public void TryFindRequestId_AnyStartOfRequest_FindsIdOrNothing() => Gen
        .Select(ValidMessages.All.Where(valid => valid.Expected.Type == MessageType.Request), Gen.Double[0, 1])
        .Sample(
            (valid, cut) =>
            {
                var frame = Frames.Utf8(valid.Frame);
                if (MessageReader.TryFindRequestId(frame.AsMemory(0, (int)(frame.Length * cut)), out var id))
                    Assert.Equal(valid.Expected.IdText.Text(), id.Text());
            },
            iter: 3_000);
}
