MultiprocessingPool.Run();
MultiprocessingAsync.Run();
MultiprocessingProcess.Run();
MultiprocessingSharing.Run();
Elsewhere.Run();
Futures.Run();
await Futures.RunAsync();
Joblib.Run();
