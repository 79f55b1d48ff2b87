// When tokens were last used: a record without promise (DESIGN §10). Noted in memory, written in batches; what
// a crash loses is at most what was noted since the last batch.
import type { RecordStore } from '#records/record-store.js';

const SPACE = 'token-use';

function keyOf(tenant: string, tokenId: string): string {
  return `${tenant}/${tokenId}`;
}

export class TokenUse {
  private pending = new Map<string, string>();

  constructor(private readonly records: RecordStore) {}

  note(tenant: string, tokenId: string, now: string): void {
    this.pending.set(keyOf(tenant, tokenId), now);
  }

  /** Writes what was noted. What could not be written is noted again, unless something newer was. */
  async flush(now: string): Promise<void> {
    const batch = this.pending;
    this.pending = new Map();
    for (const [key, at] of batch) {
      try {
        await this.records.put(SPACE, key, at, now);
        batch.delete(key);
      } catch (error) {
        this.pending = new Map([...batch, ...this.pending]);
        throw error;
      }
    }
  }

  /** When each of these tokens was last used, as far as is known. */
  async lastUsed(tenant: string, tokenIds: readonly string[], now: string): Promise<ReadonlyMap<string, string>> {
    const keys = tokenIds.map((id) => keyOf(tenant, id));
    const written = keys.length === 0 ? [] : await this.records.getMany<string>(SPACE, keys, now);
    const byKey = new Map(written.map(({ key, value }) => [key, value]));
    const known = tokenIds.flatMap((id) => {
      const at = this.pending.get(keyOf(tenant, id)) ?? byKey.get(keyOf(tenant, id));
      return at === undefined ? [] : [[id, at] as const];
    });
    return new Map(known);
  }
}
