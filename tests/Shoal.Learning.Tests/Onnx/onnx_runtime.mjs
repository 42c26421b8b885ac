// Runs models with ONNX Runtime for OnnxOtherProgramsTests.   node onnx_runtime.mjs FOLDER RUNS.json
// FOLDER holds node_modules; RUNS.json is [{ model, inputs: [{ name, file, shape }], outputs: [{ name, file }] }], files of float32.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , folder, runs] = process.argv;
const ort = createRequire(`${folder}/`)('onnxruntime-node');

for (const { model, inputs, outputs } of JSON.parse(readFileSync(runs))) {
  try {
    const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1, executionProviders: ['cpu'] });
    const feeds = {};
    for (const { name, file, shape } of inputs) {
      const bytes = new Uint8Array(readFileSync(file));
      feeds[name] = new ort.Tensor('float32', new Float32Array(bytes.buffer), shape);
    }
    const results = await session.run(feeds);
    for (const { name, file } of outputs) {
      const { data } = results[name];
      writeFileSync(file, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    }
  } catch (e) {
    console.error(`${model}: ${e}`);
    process.exitCode = 1;
  }
}
