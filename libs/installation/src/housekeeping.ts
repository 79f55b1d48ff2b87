// Expired records are as good as gone; this takes them out of the file, a portion at a time, while the server runs.
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Log } from '#http/log.js';
import type { Clock } from '#kernel/clock.js';
import type { RecordStore } from '#records/record-store.js';

const EVERY_MS = 60_000;
/** Small, because the records are swept on the thread that answers requests. */
const PORTION = 500;
const MOST_PORTIONS = 20;

/** Removes what has expired by now, up to a bound; answers how many records. The rest waits for the next round. */
export async function sweepRecords(records: RecordStore, now: string, breathe: () => Promise<void>): Promise<number> {
  let swept = 0;
  for (let portion = 0; portion < MOST_PORTIONS; portion++) {
    const gone = await records.sweep(now, PORTION);
    swept += gone;
    if (gone < PORTION) break;
    await breathe();
  }
  return swept;
}

export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly records: RecordStore,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.round = this.sweep();
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  private async sweep(): Promise<void> {
    try {
      await sweepRecords(this.records, this.clock.now(), () => new Promise((resolve) => setImmediate(resolve)));
    } catch (err) {
      this.log.pino.warn({ err }, 'expired records could not be removed; the next round tries again');
    }
  }
}
