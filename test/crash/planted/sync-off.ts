// Loaded before the product's main: the log is written with `synchronous = OFF`, which leaves it to the system when
// anything reaches the disk.
import Database from 'better-sqlite3';

const { pragma } = Database.prototype;

Database.prototype.pragma = function (this: Database.Database, source: string, options?: Database.PragmaOptions) {
  const isOfTheLog = this.name.includes('/events.db');
  return pragma.call(this, isOfTheLog && source.startsWith('synchronous') ? 'synchronous = OFF' : source, options);
};
