namespace HeliosStarling;

public class ConnectionTests
{
    [Fact]
    public void Wake_NobodySends_SendsInThisCall()
    {
        var connection = new CountingConnection();

        connection.Wake();

        Assert.Equal(1, connection.Flushes);
    }

    [Fact]
    public async Task Wake_WhileSending_SendsOnceMoreAfterwards()
    {
        var sending = new TaskCompletionSource();
        var connection = new CountingConnection
        {
            OnFlush = async () =>
            {
                await sending.Task;
                return false;
            },
        };
        connection.Wake();
        connection.Wake();
        connection.Wake();
        Assert.Equal(1, connection.Flushes);

        connection.OnFlush = () => new ValueTask<bool>(false);
        sending.SetResult();

        await Eventually.TrueAsync(() => connection.Flushes == 2);
    }

    [Fact]
    public async Task Wake_MoreIsQueuedThanOneFlushSends_GoesOnUntilAllIsSent()
    {
        var left = 3;
        var connection = new CountingConnection { OnFlush = () => new ValueTask<bool>(--left > 0) };

        connection.Wake();

        await Eventually.TrueAsync(() => connection.Flushes == 3);
    }

    [Fact]
    public void Uncork_Corked_SendsOnce()
    {
        var connection = new CountingConnection();
        connection.Cork();
        Assert.Equal(0, connection.Flushes);

        connection.Uncork();

        Assert.Equal(1, connection.Flushes);
    }

    [Fact]
    public void Wake_Corked_DoesNotWaitForTheReader()
    {
        var connection = new CountingConnection();
        connection.Cork();

        connection.Wake();

        Assert.Equal(1, connection.Flushes);
    }

    [Fact]
    public void Uncork_CorkTakenByAnother_SendsWhatCameSince()
    {
        var connection = new CountingConnection();
        connection.Cork();
        connection.Wake();

        connection.Uncork();

        Assert.Equal(2, connection.Flushes);
    }

    [Fact]
    public async Task WakeIn_SeveralTimes_SendsOnceWhenItsTurnComes()
    {
        var (connection, entered, goOn) = (
            new CountingConnection(), new CountdownEvent(Environment.ProcessorCount), new ManualResetEventSlim());
        var line = new CoreBoundQueue<Connection>(perTurn: 1, waiting =>
        {
            if (waiting == connection)
            {
                waiting.FlushDeferred();
                return;
            }
            entered.Signal();
            goOn.Wait();
        });
        for (var i = 0; i < Environment.ProcessorCount; i++) line.Add(new CountingConnection());
        Assert.True(entered.Wait(TimeSpan.FromSeconds(30), Xunit.TestContext.Current.CancellationToken));

        connection.FlushLater(line);
        connection.FlushLater(line);
        Assert.Equal(0, connection.Flushes);

        goOn.Set();
        await Eventually.TrueAsync(() => connection.Flushes == 1);
    }

    [Fact]
    public void Wake_WaitsInALine_SendsAtOnceAndNotAgainInItsTurn()
    {
        var connection = new CountingConnection();
        var line = new CoreBoundQueue<Connection>(perTurn: 1, static _ => { });
        connection.FlushLater(line);

        connection.Wake();
        connection.FlushDeferred();

        Assert.Equal(1, connection.Flushes);
    }

    [Fact]
    public void Wake_SendingFails_SaysSoOnceAndNeverSendsAgain()
    {
        var connection = new CountingConnection { OnFlush = () => throw new IOException("broken") };
        connection.Wake();

        connection.Wake();
        connection.Cork();
        connection.Uncork();

        Assert.Equal((1, 1), (connection.Flushes, connection.Failures));
    }

    private sealed class CountingConnection : Connection
    {
        public Func<ValueTask<bool>> OnFlush { get; set; } = () => new ValueTask<bool>(false);

        public int Flushes { get; private set; }

        public int Failures { get; private set; }

        public override bool IsOpen => true;

        public override void BeginClose(int code, string reason)
        {
        }

        public override void Abort()
        {
        }

        protected override ValueTask<bool> FlushAsync()
        {
            Flushes++;
            return OnFlush();
        }

        protected override void OnFlushFailed(Exception exception) => Failures++;
    }
}
