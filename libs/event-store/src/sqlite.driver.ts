// The one SQLite driver, in the version that this Node can run: 12 crashes on Node 24, and 13 on Node 20 (ADR 15).
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

const require = createRequire(import.meta.url);
const nodeMajor = Number(process.versions.node.split('.')[0]);

/** Both versions have the same calls and write the same files. */
export const Database = (nodeMajor < 22 ? require('better-sqlite3') : require('better-sqlite3-napi')) as typeof BetterSqlite3;
