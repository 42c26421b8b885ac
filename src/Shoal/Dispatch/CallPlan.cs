namespace Shoal.Dispatch;

/// <summary>A call as the dispatcher gets it.</summary>
/// <param name="Call">Its number.</param>
/// <param name="Count">The number of its items; −1 where they are taken one by one from a lazy input.</param>
/// <param name="Batch">The size of its batches; 0 where measured cost decides.</param>
/// <param name="Retries">How often an item runs again after its worker died.</param>
/// <param name="Timeout">How long an item may run, in ticks; 0 for as long as it likes.</param>
internal readonly record struct CallPlan(int Call, long Count, int Batch = 0, int Retries = 1, long Timeout = 0);
