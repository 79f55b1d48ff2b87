// What the pages of documentation point at is there, and the code that they show is the code that runs.
import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const names = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
];
const pages = names
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

/** Code in fences and between backticks is no link. */
const prose = (text: string) => text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
const squeezed = (text: string) => text.replace(/\s+/g, '');

const links = pages.flatMap(({ name, text }) =>
  [...prose(text).matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => [name, match[1]!] as const),
);
const snippets = pages.flatMap(({ name, text }) =>
  [...text.matchAll(/^```ts (\S+)\n(.*?)^```/gms)].map((match) => [name, match[1]!, match[2]!] as const),
);

const promises = pages.flatMap(({ name, text }) =>
  [...prose(text).matchAll(/\[([^\]]+)\]\(([^)]+\.(?:spec|contract)\.ts)\)/g)].map(
    (match) => [match[1]!, join(dirname(name), match[2]!)] as const,
  ),
);

it.each(promises)('the test that a page names is there: %s', (title, file) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(title);
});

it('every link leads to a file that is there', () => {
  expect(links.filter(([page, target]) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
});

describe('code that a page shows', () => {
  it.each(snippets)('%s: from %s', (_page, file, code) => {
    expect(squeezed(readFileSync(join(ROOT, file), 'utf8'))).toContain(squeezed(code));
  });
});
