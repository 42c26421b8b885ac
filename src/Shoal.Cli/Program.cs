using System.CommandLine;

var root = new RootCommand("Work over all cores: train, predict and compare on threads and worker processes.");
return root.Parse(args).Invoke();
