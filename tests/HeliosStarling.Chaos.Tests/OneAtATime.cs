using Xunit.Sdk;
using Xunit.v3;

// Each of these tests loads the machine by itself; beside each other they would wait for one another and not for the server.
[assembly: Parallelization(Mode = ParallelMode.None)]
