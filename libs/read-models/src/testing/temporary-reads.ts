// Read models in a temporary folder, for tests that need a real store.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteReadStore } from '../sqlite.read-store.js';

export interface TemporaryReads {
  readonly folder: string;
  readonly reads: SqliteReadStore;
  dispose(): Promise<void>;
}

export function temporaryReads(): TemporaryReads {
  const folder = mkdtempSync(join(tmpdir(), 'reads-'));
  const reads = SqliteReadStore.open(folder);
  return {
    folder,
    reads,
    dispose: async () => {
      await reads.close();
      rmSync(folder, { recursive: true });
    },
  };
}
