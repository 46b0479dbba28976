using System.Text;
using CsCheck;

namespace HeliosStarling.Cluster;

/// <summary>
/// Random appends, repetitions, losses and removals: offsets have no holes, and reads agree with each other.
/// </summary>
public abstract class GroupLogModelContract : ClusterContract
{
    private static readonly LogRetention s_retention = new(6, TimeSpan.FromSeconds(60), 40);
    private static readonly Gen<(Step Step, int Number)[]> s_steps =
        Gen.Select(Gen.Int[0, (int)Step.WaitLong], Gen.Int[0, 9]).Select(static (step, number) => ((Step)step, number)).Array[1, 60];

    private enum Step
    {
        Append,
        AppendAnother,
        AppendOfSource,
        RepeatId,
        RepeatSource,
        Read,
        ReadBelowFloor,
        FailOver,
        Wait,
        WaitLong,
    }

    [Fact]
    public async Task Steps_InAnyOrder_KeepTheRules() =>
        await s_steps.SampleAsync(
            async steps =>
            {
                await using var cluster = CreateCluster();
                var run = new Run(cluster);
                await run.LookAsync();
                foreach (var (step, number) in steps)
                {
                    await run.TakeAsync(step, number);
                    await run.LookAsync();
                }
            },
            iter: 300,
            print: static steps => string.Join(' ', steps.Select(static step => $"{step.Step}{step.Number}")));

    private sealed class Run(ClusterFixture cluster)
    {
        private readonly IGroupLog _log = cluster.AddNode().Logs;
        private readonly Dictionary<LogPosition, string> _said = [];
        private readonly List<(AppendKey Key, string Text, LogPosition Position)> _appended = [];
        private readonly List<LogPosition> _seen = [new LogPosition("unknown", 3)];
        private GroupLogState? _state;
        private bool _mayHaveLost;
        private bool _mayBeGone;
        private long _source;
        private int _ids;

        public async Task TakeAsync(Step step, int number)
        {
            switch (step)
            {
                case Step.Append or Step.AppendAnother:
                    await AppendAsync(AppendKey.Id($"id {++_ids}"), $"{_ids}{new string('x', number)}");
                    break;
                case Step.AppendOfSource:
                    await AppendAsync(AppendKey.Source("source", ++_source), $"of source {_source}");
                    break;
                case Step.RepeatId when _appended.Count > 0:
                    await RepeatAsync(_appended[^(1 + (number % _appended.Count))]);
                    break;
                case Step.RepeatSource when _appended.FindLast(static append => append.Key.Number is not null) is { Key: not null } last:
                    await RepeatAsync(last);
                    break;
                case Step.Read:
                    await ReadAsync(_seen[^(1 + (number % _seen.Count))], floor: null, limit: number);
                    break;
                case Step.ReadBelowFloor:
                    await ReadAsync(_seen[^(1 + (number % _seen.Count))], _seen[number % _seen.Count], limit: 100);
                    break;
                case Step.FailOver:
                    cluster.FailOver(number % 3);
                    _mayHaveLost = true;
                    // Known append ids may be lost, too.
                    _appended.Clear();
                    break;
                case Step.Wait:
                    await cluster.PassAsync(TimeSpan.FromSeconds(20));
                    _appended.Clear();
                    break;
                case Step.WaitLong:
                    await cluster.PassAsync(s_retention.Age * 10);
                    (_mayBeGone, _) = (true, _appended.RemoveAll(static _ => true));
                    break;
            }
        }

        // Reads everything and compares it with earlier reads.
        public async Task LookAsync()
        {
            var slice = await ReadAsync(after: null, floor: null, GroupLogQuery.MaxMessages);
            var (before, now) = (_state, slice.State);
            Assert.Equal(now.Last - now.First + 1, slice.Messages.Count);
            Assert.True(slice.Messages.Count <= s_retention.Messages);
            if (before is not null && now.Epoch != before.Epoch)
            {
                Assert.True(_mayHaveLost || _mayBeGone, "A new epoch without a reason.");
                if (now.Previous is null) Assert.Equal((true, 0L), (_mayBeGone, now.Since));
                else Assert.Equal((before.Epoch, true), (now.Previous, now.Since <= before.Last));
            }
            else if (before is not null)
            {
                Assert.False(_mayHaveLost || _mayBeGone, "A loss without a new epoch.");
                Assert.Equal((before.Previous, before.Since), (now.Previous, now.Since));
                Assert.True(now.Last >= before.Last && now.First >= before.First);
            }
            (_state, _mayHaveLost, _mayBeGone) = (now, false, false);
            _seen.Add(new LogPosition(now.Epoch, now.Last));
        }

        private async Task AppendAsync(AppendKey key, string text)
        {
            var result = await _log.AppendAsync(new GroupAppend("room", key, Encoding.UTF8.GetBytes(text), s_retention));
            Assert.Equal(new AppendResult(AppendStatus.Appended, new LogPosition(_state!.Epoch, _state.Last + 1)), result);
            Agree(result.Position!, text);
            _appended.Add((key, text, result.Position!));
        }

        private async Task RepeatAsync((AppendKey Key, string Text, LogPosition Position) append)
        {
            var result = await _log.AppendAsync(new GroupAppend("room", append.Key, Encoding.UTF8.GetBytes(append.Text), s_retention));
            var isOlder = append.Key.Number < _source;
            Assert.Equal(
                isOlder ? new AppendResult(AppendStatus.Superseded, null) : new AppendResult(AppendStatus.Repeated, append.Position),
                result);
            Assert.Equal(_state!.Last, (await _log.ReadAsync(new GroupLogQuery("room", s_retention) { Limit = 0 })).State.Last);
        }

        private async Task<GroupLogSlice> ReadAsync(LogPosition? after, LogPosition? floor, int limit)
        {
            var slice = await _log.ReadAsync(new GroupLogQuery("room", s_retention) { After = after, Floor = floor, Limit = limit });
            var state = slice.State;
            Assert.True(state.Since <= state.Last && state.First >= 1 && state.First <= state.Last + 1);
            Assert.Equal(floor is null ? 0 : state.OffsetOf(floor), slice.Floor);
            var first = Math.Max(state.First, Math.Max(slice.Floor, after is null ? 0 : state.OffsetOf(after)) + 1);
            var count = Math.Min(limit, Math.Max(0, state.Last - first + 1));
            Assert.Equal(Enumerable.Range(0, (int)count).Select(i => first + i), slice.Messages.Select(static message => message.Offset));
            foreach (var message in slice.Messages)
                Agree(new LogPosition(state.Epoch, message.Offset), Encoding.UTF8.GetString(message.Bytes.Span));
            return slice;
        }

        // Within one epoch an offset is one message.
        private void Agree(LogPosition position, string text)
        {
            if (!_said.TryAdd(position, text)) Assert.Equal(_said[position], text);
        }
    }
}
