// Loaded before the product's main: has the code read and compiled already, and waits for its turn, so that a
// server stands by while another one owns the folder. The main itself is the product's, unchanged.
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';

const signal = process.env['STANDBY_UNTIL'];
if (isMainThread && signal !== undefined) {
  await import('#api/run-server.js');
  while (!existsSync(signal)) await pause(5);
}
