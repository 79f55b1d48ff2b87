// One snapshot of the file for all that is read in one turn of the event loop.
import type { Statements } from './sqlite.statements.js';

/**
 * A read by itself takes and gives back a lock of the file, which costs as much as a search by key; a request makes up to
 * nine of them, without waiting for anything in between. So the first read of a turn begins a transaction, and it ends
 * when nothing is left to do in that turn: whatever wakes up later, by a message or a timer, sees what was committed
 * by then. For connections that write nothing: another thread is the writer.
 */
export class Snapshot {
  #begun = false;
  readonly #end = () => this.end();

  constructor(private readonly sql: Statements) {}

  /** Answers whether this is the first read of the turn, so that others may have committed since the one before. */
  begin(): boolean {
    if (this.#begun) return false;
    this.sql.run('BEGIN');
    this.#begun = true;
    process.nextTick(this.#end);
    return true;
  }

  end(): void {
    this.#begun = false;
    // SQLite itself rolls back where the disk fails, and nothing is open any more where the store was closed.
    if (this.sql.db.open && this.sql.db.inTransaction) this.sql.run('COMMIT');
  }
}
