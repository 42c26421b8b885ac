Building.Run();
Training.Run();
Files.Run();
