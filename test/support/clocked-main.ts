// A main of the tests' own: the product's server under a clock that a test moves. How many milliseconds it is
// ahead of the machine's stands in a file of the data folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runServer } from '#api/run-server.js';
import { loadConfig } from '#config/config.js';
import { Clock } from '#kernel/clock.js';
import { CLOCK_FILE } from './clocked-server.js';

class MovedClock extends Clock {
  constructor(private readonly folder: string) {
    super();
  }

  now(): string {
    return new Date(Date.now() + this.ahead()).toISOString();
  }

  private ahead(): number {
    try {
      return Number(readFileSync(join(this.folder, CLOCK_FILE), 'utf8'));
    } catch {
      return 0; // nobody has moved it yet
    }
  }
}

const config = loadConfig();
await runServer(config, new MovedClock(config.dataDir));
