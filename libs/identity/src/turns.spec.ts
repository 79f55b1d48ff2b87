import { describe, expect, it } from '@jest/globals';
import { loginErrors } from './login.errors.js';
import { Turns } from './turns.js';

describe('turns', () => {
  it('let so many go on, so many wait in order, and send the rest away', async () => {
    const turns = new Turns(2, 2, () => loginErrors.refuse('login.busy'));
    const begun: number[] = [];
    const end: (() => void)[] = [];
    const work = (n: number) => turns.run(() => new Promise<number>((done) => (begun.push(n), end.push(() => done(n)))));
    const running = [0, 1, 2, 3].map(work);
    await expect(work(4)).rejects.toMatchObject({ code: 'login.busy', definition: { retryable: true } });
    expect(begun).toEqual([0, 1]);
    end[1]!();
    await running[1];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    for (let n = 0; n < 4; n++) {
      while (!end[n]) await Promise.resolve();
      end[n]!();
    }
    expect(await Promise.all(running)).toEqual([0, 1, 2, 3]);
  });

  it('go on after work that failed', async () => {
    const turns = new Turns(1, 1, () => loginErrors.refuse('login.busy'));
    const failed = turns.run(() => Promise.reject(new Error('broken')));
    const next = turns.run(() => Promise.resolve('done'));
    await expect(failed).rejects.toThrow('broken');
    expect(await next).toBe('done');
    expect(await turns.run(() => Promise.resolve('again'))).toBe('again');
  });
});
