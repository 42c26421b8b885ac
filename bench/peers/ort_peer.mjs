// ONNX Runtime on the digits network, a peer of bench/learning.   node ort_peer.mjs MODEL.onnx IMAGES.f32 THREADS
// Commands: `predict BATCH CALLS` in images a second, by the wall and by the processor; `outputs FILE ROWS` writes the probabilities.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import ort from 'onnxruntime-node';

const [, , model, images, threads] = process.argv;
const file = readFileSync(images);
const pixels = new Float32Array(file.buffer, file.byteOffset, file.byteLength / 4);
const rows = pixels.length / 784;
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), interOpNumThreads: 1, executionProviders: ['cpu'] });
const [input, output] = [session.inputNames[0], session.outputNames[0]];
const batchOf = (first, count) => ({ [input]: new ort.Tensor('float32', pixels.subarray(first * 784, (first + count) * 784), [count, 1, 28, 28]) });

const commands = {
  async predict(batch, calls) {
    const feeds = [];
    for (let call = 0; call < Number(calls); call++) feeds.push(batchOf((call * batch) % (rows - batch + 1), Number(batch)));
    await session.run(feeds[0]);
    const [wall, processor] = [performance.now(), process.cpuUsage()];
    for (const feed of feeds) await session.run(feed);
    const [seconds, used] = [(performance.now() - wall) / 1e3, process.cpuUsage(processor)];
    return `${batch * calls / seconds} ${batch * calls / ((used.user + used.system) / 1e6)}`;
  },
  async outputs(path, count) {
    const result = (await session.run(batchOf(0, Number(count))))[output].data;
    writeFileSync(path, Buffer.from(result.buffer, result.byteOffset, result.byteLength));
    return '0 0';
  },
};

const version = JSON.parse(readFileSync(new URL('node_modules/onnxruntime-node/package.json', import.meta.url))).version;
console.log(`ready ONNX Runtime ${version} in node ${process.versions.node}, ${threads} thread(s)`);
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...rest] = line.trim().split(' ');
  try {
    console.log(await commands[name](...rest));
  } catch (e) {
    console.log('error', String(e).replaceAll('\n', ' '));
  }
}
process.exit(0);
