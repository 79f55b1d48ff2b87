// Loaded before the product's main: writes down every second what the heap of the main thread holds, which nobody
// outside the process can see.
import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['SOAK_HEAP_FILE'];
if (isMainThread && file !== undefined) {
  setInterval(() => {
    writeFileSync(`${file}.new`, String(process.memoryUsage().heapUsed));
    renameSync(`${file}.new`, file);
  }, 1_000).unref();
}
