// Looks at a write-ahead log before SQLite opens it. SQLite stops at the first frame that does not add up
// and goes on without the rest: right after a crash, but commits that were answered may stand behind it.
// Format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682; // the lowest bit says that checksums are over big-endian words

type Sum = readonly [number, number];

/**
 * What is wrong with the log at `path`, or undefined. A torn end, which a crash leaves, is sound: what
 * stands there belongs to one transaction that was never answered.
 */
export function walDamage(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return damageIn(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

function damageIn(file: number, size: number): string | undefined {
  if (size === 0) return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(file, header, 0, HEADER_BYTES, 0);
  // The blocks of a new file that a power loss has kept from being written read as zero.
  if (header.every((byte) => byte === 0)) return undefined;
  const magic = header.readUInt32BE(0);
  const bigEndian = magic === MAGIC + 1;
  let sum = checksum(header.subarray(0, 24), bigEndian, [0, 0]);
  if ((magic !== MAGIC && !bigEndian) || !matches(header, 24, sum)) return 'its header is damaged';

  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.readUInt32BE(8));
  let sound = true;
  let commitsBehind = 0;
  for (let at = HEADER_BYTES; at + frame.length <= size; at += frame.length) {
    readSync(file, frame, 0, frame.length, at);
    // Frames of an earlier turn of the log carry other salts: here this turn ends.
    const ofThisTurn = frame.compare(header, 16, 24, 8, 16) === 0;
    if (sound) {
      sum = checksum(frame.subarray(FRAME_HEADER_BYTES), bigEndian, checksum(frame.subarray(0, 8), bigEndian, sum));
      sound = ofThisTurn && matches(frame, 16, sum);
      if (sound || !ofThisTurn) continue;
    }
    if (!ofThisTurn) continue;
    // Behind the damage: a commit and then more of this turn means that the commit had been answered.
    if (commitsBehind > 0) return `it is damaged before byte ${at}, and commits stand behind the damage`;
    if (frame.readUInt32BE(4) !== 0) commitsBehind += 1;
  }
  return undefined;
}

function matches(buffer: Buffer, at: number, [a, b]: Sum): boolean {
  return buffer.readUInt32BE(at) === a && buffer.readUInt32BE(at + 4) === b;
}

function checksum(bytes: Buffer, bigEndian: boolean, [s0, s1]: Sum): Sum {
  let a = s0;
  let b = s1;
  for (let i = 0; i < bytes.length; i += 8) {
    a = (a + (bigEndian ? bytes.readUInt32BE(i) : bytes.readUInt32LE(i)) + b) >>> 0;
    b = (b + (bigEndian ? bytes.readUInt32BE(i + 4) : bytes.readUInt32LE(i + 4)) + a) >>> 0;
  }
  return [a, b];
}
