MultiprocessingPool.Run();
MultiprocessingAsync.Run();
Elsewhere.Run();
Futures.Run();
await Futures.RunAsync();
Joblib.Run();
