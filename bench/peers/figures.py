"""What the Python peers of bench/learning share: a line of a command comes in, a line `value processor-value` (or `error …`) goes out."""
import os
import sys
import time


def timed(work):
    """Wall and processor seconds of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def rates(amount, work):
    """amount a second by the wall and by the processor."""
    wall, processor = timed(work)
    return f"{amount / wall:.6g} {amount / processor:.6g}"


def memory_mb():
    """The most memory this process ever had resident, in MB, twice."""
    with open("/proc/self/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return f"{kilobytes / 1024:.6g} {kilobytes / 1024:.6g}"


def serve(name, commands):
    print("ready", name, flush=True)
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        try:
            print(commands[words[0]](*words[1:]), flush=True)
        except Exception as e:  # the bench prints it in the row
            print("error", type(e).__name__, str(e).replace("\n", " "), flush=True)
    os._exit(0)
