import { describe, expect, it } from '@jest/globals';
import { Progress, progressLine } from './progress.js';

const step = (done: number, total = 1_000) => ({ what: 'reading', unit: 'events' as const, done, total });

describe('a line of progress', () => {
  it('tells the share, the rate and the time left', () => {
    expect(progressLine(step(250), 5, true)).toBe(
      'reading  [#####               ]  25 %  250 events of 1000 events  50 events/s  15 s left',
    );
    expect(progressLine({ what: 'copying', unit: 'bytes', done: 3e6, total: 2.4e9 }, 1, false)).toBe(
      'copying  0 %  3.0 MB of 2.40 GB  3.0 MB/s  13 min 19 s left',
    );
  });

  it('tells how long it took once it is done, also where there was nothing to do', () => {
    expect(progressLine(step(1_000), 4_000, false)).toBe(
      'reading  100 %  1000 events of 1000 events  0 events/s  done in 1 h 6 min',
    );
    expect(progressLine(step(0, 0), 0, false)).toBe('reading  100 %  0 events of 0 events  done in 0.0 s');
  });

  it('promises no time before anything is done', () => {
    expect(progressLine(step(0), 3, false)).toBe('reading  0 %  0 events of 1000 events  0 events/s');
  });
});

describe('progress', () => {
  function shown(isTTY: boolean, moments: readonly (readonly [ms: number, done: number])[]): string[] {
    const written: string[] = [];
    let now = 0;
    const progress = new Progress({ isTTY, columns: 40, write: (text: string) => written.push(text) }, () => now);
    for (const [ms, done] of moments) {
      now = ms;
      progress.show(step(done));
    }
    return written;
  }

  it('on a terminal is one line that is drawn again, not too often, and ends with a line break', () => {
    const written = shown(true, [[0, 0], [50, 100], [150, 300], [200, 1_000]]); // prettier-ignore
    expect(written).toHaveLength(3);
    expect(written.every((text) => text.startsWith('\rreading  [') && text.replaceAll('\u001b[K', '').trim().length <= 39)).toBe(
      true,
    );
    expect(written.map((text) => text.endsWith('\n'))).toEqual([false, false, true]);
  });

  it('elsewhere is a plain line every few seconds, and at the end', () => {
    const written = shown(false, [[0, 0], [4_000, 100], [6_000, 300], [7_000, 400], [9_000, 1_000]]); // prettier-ignore
    expect(written).toEqual([
      expect.stringMatching(/^reading {2}30 %.*left\n$/),
      expect.stringMatching(/^reading {2}100 %.*done in 9.0 s\n$/),
    ]);
  });
});
