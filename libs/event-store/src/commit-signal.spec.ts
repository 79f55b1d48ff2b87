import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitChannel, CommitSignal } from './commit-signal.js';

describe('CommitSignal', () => {
  let folder: string;
  let channel: BroadcastChannel;
  let version: number;
  let signal: CommitSignal;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signal-'));
    channel = new BroadcastChannel(commitChannel(folder));
    version = 1;
    signal = new CommitSignal(folder, () => {
      if (version < 0) throw new Error('cannot be read');
      return version;
    });
  });
  afterEach(() => {
    signal.close();
    channel.close();
    rmdirSync(folder);
  });

  it('wakes all that wait when a thread announces a commit, without any poll', async () => {
    const waiting = [signal.changedSince(signal.count), signal.changedSince(signal.count)];
    channel.postMessage(null);
    await Promise.all(waiting);
  });

  it('does not wait where the commit came after the count was taken', async () => {
    const { count } = signal;
    const woken = signal.changedSince(count);
    channel.postMessage(null);
    await woken;
    await signal.changedSince(count);
    expect(signal.count).toBeGreaterThan(count);
  });

  it('notices what another process has committed', async () => {
    const waiting = signal.changedSince(signal.count);
    version += 1;
    await waiting;
  });

  it('wakes its readers, and harms nobody, where the file cannot be read', async () => {
    const waiting = signal.changedSince(signal.count);
    version = -1;
    await waiting;
  });

  it('lets go by the signal of the reader, and when it is closed', async () => {
    const ending = new AbortController();
    const aborted = signal.changedSince(signal.count, ending.signal);
    const closed = signal.changedSince(signal.count);
    ending.abort();
    await aborted;
    await signal.changedSince(signal.count, ending.signal);
    signal.close();
    await closed;
  });
});
