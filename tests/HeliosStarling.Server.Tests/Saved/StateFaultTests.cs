using System.Text.Json;
using HeliosStarling.Testing;

namespace HeliosStarling.Saved;

/// <summary>Every combination of fault, required and default, as the table of <see cref="StateOptions{T}"/> says.</summary>
public sealed class StateFaultTests : IAsyncDisposable
{
    private const int Default = 99;

    private readonly Helios _helios = Helios.Create();
    private readonly MockStarling _mock;
    private readonly List<string> _failed = [];
    private readonly List<int> _restored = [];

    public StateFaultTests()
    {
        _mock = new MockStarling(_helios);
        _helios.Events.On("state:failed", (StateFailed happened) => _failed.Add(happened.Fault.Code));
    }

    public async ValueTask DisposeAsync()
    {
        await _mock.DisposeAsync();
        await _helios.DisposeAsync();
    }

    // fault · required · default | saved (null: left out; "fails": no token) | code of the event
    [Theory]
    [InlineData("none", false, false, "5", null)]
    [InlineData("none", false, true, "5", null)]
    [InlineData("none", true, false, "5", null)]
    [InlineData("none", true, true, "5", null)]
    [InlineData("throws", false, false, null, "STATE_RECOVERY_FAILED")]
    [InlineData("throws", false, true, "99", "STATE_RECOVERY_FAILED")]
    [InlineData("throws", true, false, "fails", "STATE_RECOVERY_FAILED")]
    [InlineData("throws", true, true, "99", "STATE_RECOVERY_FAILED")]
    [InlineData("invalid", false, false, null, "STATE_CORRUPTED")]
    [InlineData("invalid", false, true, "99", "STATE_CORRUPTED")]
    [InlineData("invalid", true, false, "fails", "STATE_CORRUPTED")]
    [InlineData("invalid", true, true, "99", "STATE_CORRUPTED")]
    public async Task Save(string fault, bool required, bool hasDefault, string? saved, string? code)
    {
        Register(fault, required, hasDefault);

        if (saved == "fails")
        {
            Assert.Equal(
                code, (await Assert.ThrowsAsync<HeliosException>(async () => await _mock.Starling.States.GenerateTokenAsync())).Code);
        }
        else
        {
            var states = await _mock.Starling.States.SaveAsync(default);
            Assert.Equal(saved, states.TryGetValue("some", out var state) ? state.GetRawText() : null);
            await _mock.Starling.States.GenerateTokenAsync();
        }
        if (code is null) Assert.Empty(_failed);
        else await Eventually.TrueAsync(() => _failed.Count > 0 && _failed.TrueForAll(failed => failed == code));
    }

    // fault · required · default | what is restored (0: nothing) | code of the refusal | code of the event
    [Theory]
    [InlineData("none", false, false, 5, null, null)]
    [InlineData("none", false, true, 5, null, null)]
    [InlineData("none", true, false, 5, null, null)]
    [InlineData("none", true, true, 5, null, null)]
    [InlineData("missing", false, false, 0, null, null)]
    [InlineData("missing", false, true, Default, null, null)]
    [InlineData("missing", true, false, 0, "STATE_NOT_FOUND", "STATE_NOT_FOUND")]
    [InlineData("missing", true, true, Default, null, null)]
    [InlineData("unreadable", false, false, 0, null, "STATE_CORRUPTED")]
    [InlineData("unreadable", false, true, Default, null, "STATE_CORRUPTED")]
    [InlineData("unreadable", true, false, 0, "STATE_CORRUPTED", "STATE_CORRUPTED")]
    [InlineData("unreadable", true, true, Default, null, "STATE_CORRUPTED")]
    [InlineData("invalid", false, false, 0, null, "STATE_CORRUPTED")]
    [InlineData("invalid", false, true, Default, null, "STATE_CORRUPTED")]
    [InlineData("invalid", true, false, 0, "STATE_CORRUPTED", "STATE_CORRUPTED")]
    [InlineData("invalid", true, true, Default, null, "STATE_CORRUPTED")]
    [InlineData("throws", false, false, 0, null, "STATE_RECOVERY_FAILED")]
    [InlineData("throws", false, true, 0, null, "STATE_RECOVERY_FAILED")]
    [InlineData("throws", true, false, 0, "STATE_RECOVERY_FAILED", "STATE_RECOVERY_FAILED")]
    [InlineData("throws", true, true, 0, "STATE_RECOVERY_FAILED", "STATE_RECOVERY_FAILED")]
    public async Task Restore(string fault, bool required, bool hasDefault, int restored, string? refusal, string? code)
    {
        Register(fault, required, hasDefault);
        var states = new Dictionary<string, JsonElement>();
        if (fault != "missing") states["some"] = JsonElement.Parse(fault == "unreadable" ? "\"five\"" : "5");

        var failure = await _mock.Starling.States.RestoreAsync(states, default);

        Assert.Equal((refusal, restored), (failure?.Code, _restored.SingleOrDefault()));
        if (code is null) Assert.Empty(_failed);
        else await Eventually.TrueAsync(() => _failed is [var failed] && failed == code);
    }

    private void Register(string fault, bool required, bool hasDefault)
    {
        var options = new StateOptions<int> { Required = required, Validate = value => fault != "invalid" || value == Default };
        if (hasDefault) options = options with { DefaultState = Default };
        _mock.Starling.States.Register(
            "some", () => fault == "throws" ? throw new IOException("no disk") : ValueTask.FromResult(5), state =>
            {
                if (fault == "throws") throw new IOException("no disk");
                _restored.Add(state);
                return default;
            }, options);
    }
}
