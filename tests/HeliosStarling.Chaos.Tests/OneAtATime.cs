// Each of these tests loads the machine by itself; beside each other they would wait for one another and not for the server.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
