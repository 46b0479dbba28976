using Xunit.Sdk;
using Xunit.v3;

// Each of these tests loads the whole machine. In parallel they would wait for each other and not for the server.
[assembly: Parallelization(Mode = ParallelMode.None)]
