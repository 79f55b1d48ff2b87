// Loaded before the product's main: every tenth commit of the log is undone, and answered as if it had been done.
import Database from 'better-sqlite3';

const EVERY = 10;
const { exec } = Database.prototype;
let commits = 0;

Database.prototype.exec = function (sql) {
  const isUndone = sql === 'COMMIT' && ++commits % EVERY === 0;
  return exec.call(this, isUndone ? 'ROLLBACK' : sql);
};
