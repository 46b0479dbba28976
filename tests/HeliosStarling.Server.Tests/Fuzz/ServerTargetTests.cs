namespace HeliosStarling.Fuzz;

/// <summary>A short run of the fuzzer of whole servers, so that it stays runnable.</summary>
public sealed class ServerTargetTests : IDisposable
{
    private const int Scripts = 150;

    private readonly ServerTarget _target = new();

    public void Dispose() => _target.Dispose();

    [Fact]
    public void Run_ScriptsOfOneSeed_BreakNothing()
    {
        var maker = new ScriptMaker(new Random(4));
        var script = maker.Make();
        for (var count = 0; count < Scripts; count++)
        {
            _target.Run(script);
            script = maker.Mutate(script, maker.Make());
        }
    }

    [Fact]
    public void Script_OfAnyBytes_StaysTheSameWhenEncodedAndDecoded()
    {
        var random = new Random(5);
        for (var length = 0; length < 500; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var encoded = Script.Decode(bytes).Encode();

            Assert.Equal(encoded, Script.Decode(encoded).Encode());
        }
    }
}
