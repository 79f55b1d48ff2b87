// Carries what was committed from the write-ahead log of the views into their file, beside the thread that commits: there
// it takes tens of milliseconds at a time, in which no view would move.
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointThreadData } from './sqlite.checkpoints.js';
import { openViewsFile } from './sqlite.schema.js';

/** Between two looks at the log, in milliseconds. */
const TICK_MS = 50;
/** Pages in the log from which on they are carried over: 16 MiB. */
const PAGES = 4_000;
const db = openViewsFile((workerData as CheckpointThreadData).folder);

/** Answers how many pages are in the log, and how many of them are carried over. */
function checkpoint(mode: 'NOOP' | 'PASSIVE'): { readonly log: number; readonly checkpointed: number } {
  return (db.pragma(`wal_checkpoint(${mode})`) as [{ log: number; checkpointed: number }])[0];
}

function carryOver(): void {
  const { log, checkpointed } = checkpoint('NOOP');
  if (log < PAGES || log === checkpointed) return;
  // Each pass leaves what is committed meanwhile to the next, shorter one. The rest is the writer's: only between two of
  // its commits is there nothing new. (RESTART from here would make both wait by sleeping: 30 ms instead of 5.)
  checkpoint('PASSIVE');
  checkpoint('PASSIVE');
  parentPort!.postMessage('finish');
}

/** A full or failing disk shows in the commits, which refuse: this is tried again until it goes. */
function carryOverIfPossible(): void {
  try {
    carryOver();
  } catch {
    return; // with nothing lost: the pages stay in the log
  }
}

const ticking = setInterval(carryOverIfPossible, TICK_MS);
parentPort!.once('message', () => {
  clearInterval(ticking);
  db.close();
  parentPort!.close();
});
