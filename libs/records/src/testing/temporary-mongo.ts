// Empty databases on the MongoDB that `npm run test:cluster` names or starts.
import { randomUUID } from 'node:crypto';
import { MongoDatabase } from '../mongo.database.js';

/** @throws Error where no server is named */
function mongoUri(): string {
  const uri = process.env['KEYLEDGER_TEST_MONGODB'];
  if (uri === undefined)
    throw new Error('KEYLEDGER_TEST_MONGODB names no MongoDB: run `npm run test:cluster`, which starts one.');
  return uri;
}

export class TemporaryMongo {
  readonly uri = mongoUri();
  readonly #prefix = `keyledger-test-${randomUUID().slice(0, 8)}`;
  #made = 0;

  /** The name of a database that nobody has written to. */
  another(): string {
    return `${this.#prefix}-${++this.#made}`;
  }

  /** Removes all databases that were named. */
  async dispose(): Promise<void> {
    for (let each = 1; each <= this.#made; each++) {
      const database = await MongoDatabase.open(this.uri, `${this.#prefix}-${each}`);
      await database.drop();
      await database.close();
    }
  }
}
