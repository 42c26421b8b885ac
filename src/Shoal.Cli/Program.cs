using System.CommandLine;
using Shoal.Cli;
using Shoal.Cli.Compare;
using Shoal.Cli.Digits;
using Shoal.Cli.Doctor;
using Shoal.Cli.Predict;

var root = new RootCommand("Work over all cores: train, predict and compare on threads and worker processes.")
{
    DigitsCommand.Create(),
    PredictCommand.Create(),
    CompareCommand.Create(),
    DoctorCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
