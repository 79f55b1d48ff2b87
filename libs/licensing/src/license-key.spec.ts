import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesNeeded, makeKey, maskKey, normalizeKey, symbolsNeeded } from './license-key.js';
import { keyFormatSchema, type KeyFormat } from './terms.js';

const SYMBOLS = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'];

const formats = fc
  .record({
    prefix: fc.option(fc.stringMatching(/^[A-Z0-9]{1,8}$/)),
    groups: fc.integer({ min: 3, max: 8 }),
    groupLength: fc.integer({ min: 4, max: 8 }),
  })
  .filter((format) => format.groups * format.groupLength >= 20);

const keys = formats.chain((format) =>
  fc
    .uint8Array({ minLength: bytesNeeded(format), maxLength: bytesNeeded(format) })
    .map((random) => ({ format, key: makeKey(format, random) })),
);

const plain: KeyFormat = keyFormatSchema.parse({});

describe('a license key', () => {
  it('has the form that its format asks for', () => {
    fc.assert(
      fc.property(keys, ({ format, key }) => {
        const groups = key.split('-');
        const prefix = format.prefix === null ? [] : [groups.shift()];
        expect(prefix).toEqual(format.prefix === null ? [] : [format.prefix]);
        expect(groups.map((group) => group.length)).toEqual(Array(format.groups).fill(format.groupLength));
        expect(groups.join('').length).toBe(symbolsNeeded(format));
        expect([...groups.join('')].every((symbol) => SYMBOLS.includes(symbol))).toBe(true);
      }),
    );
  });

  it('is the same for ever for the same bytes', () => {
    const random = Uint8Array.from({ length: 24 }, (_, i) => i * 11);
    expect(makeKey(plain, random)).toBe('0BP1C-Q2DR3-ES4FT-5GV6H-W7JX9');
    expect(makeKey({ ...plain, prefix: 'PRO' }, random)).toBe('PRO-0BP1C-Q2DR3-ES4FT-5GV6H-W7JXS');
  });

  it('draws every symbol equally often', () => {
    const counts = new Map<string, number>();
    for (let byte = 0; byte < 256; byte++) {
      const symbol = makeKey(plain, new Uint8Array(24).fill(byte))[0]!;
      counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(Array(32).fill(8));
  });

  it('takes exactly the bytes that it needs', () => {
    expect(() => makeKey(plain, new Uint8Array(23))).toThrow('takes 24 random bytes, got 23');
  });
});

describe('a key as people type it', () => {
  it('is the same in any case, with any hyphens and spaces, and with letters for digits that look like them', () => {
    const mess = fc.array(fc.constantFrom('', ' ', '-', '–', '\u00a0', '\u200b', '\t'), { minLength: 100, maxLength: 100 });
    const swaps: Record<string, string[]> = { 0: ['0', 'o', 'O'], 1: ['1', 'i', 'I', 'l', 'L'], V: ['V', 'v', 'u', 'U'] };
    fc.assert(
      fc.property(keys, mess, fc.nat(), fc.boolean(), ({ key }, gaps, pick, lower) => {
        const typed = [...key.replaceAll('-', '')].map((symbol, i) => {
          const looks = swaps[symbol]?.[(pick + i) % swaps[symbol].length] ?? symbol;
          return gaps[i]! + (lower ? looks.toLowerCase() : looks);
        });
        expect(normalizeKey(` ${typed.join('')}\n`)).toBe(normalizeKey(key));
        expect(normalizeKey(key)).not.toBeNull();
      }),
    );
  });

  it('is in its one form already when normalized', () => {
    fc.assert(fc.property(keys, ({ key }) => expect(normalizeKey(normalizeKey(key)!)).toBe(normalizeKey(key))));
  });

  it('is refused with any one symbol wrong', () => {
    fc.assert(
      fc.property(keys, ({ key }) => {
        const right = normalizeKey(key)!;
        for (let i = 0; i < right.length; i++) {
          const caught = SYMBOLS.filter((wrong) => normalizeKey(right.slice(0, i) + wrong + right.slice(i + 1)) === null);
          expect(caught).toEqual(SYMBOLS.filter((symbol) => symbol !== right[i]));
        }
      }),
    );
  });

  it('is refused with any two neighbours swapped', () => {
    fc.assert(
      fc.property(keys, ({ key }) => {
        const right = normalizeKey(key)!;
        for (let i = 1; i < right.length; i++) {
          if (right[i] === right[i - 1]) continue;
          expect(normalizeKey(right.slice(0, i - 1) + right[i]! + right[i - 1]! + right.slice(i + 1))).toBeNull();
        }
      }),
    );
  });

  it('is refused with a leading 0 lost or added', () => {
    const right = normalizeKey(makeKey(plain, new Uint8Array(24)))!;
    expect(normalizeKey(right.slice(1))).toBeNull();
    expect(normalizeKey(`0${right}`)).toBeNull();
  });

  it('is refused where it cannot be a key', () => {
    const key = makeKey(plain, new Uint8Array(24).fill(7));
    for (const bad of [
      '',
      '-',
      '0000',
      '0'.repeat(73),
      `${key}!`,
      key.replace('7', 'ß'),
      key.replace('7', '７'),
      ' '.repeat(10_000) + key,
    ]) {
      expect(normalizeKey(bad)).toBeNull();
    }
  });
});

describe('a masked key', () => {
  it('shows the last group alone', () => {
    expect(maskKey('PRO-12345-67890-AB3CD')).toBe('•••-•••••-•••••-AB3CD');
  });
});
