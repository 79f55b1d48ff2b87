// Read models equal a rebuild from the log alone: as the expectation of a test.
import { expect } from '@jest/globals';
import { differences, live, rebuilt } from './views-of-log.js';

/** Fails unless the views of a running or stopped server are what its log says, and none has set anything aside. */
export async function expectEqualToRebuild({ folder }: { readonly folder: string }): Promise<void> {
  const lines = await live(folder);
  const again = await rebuilt(folder);
  expect(differences(lines, again)).toEqual([]);
  expect(again).toHaveLength(lines.length);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.includes('"set aside"'))).toEqual([]);
}
