import { readFileSync } from 'node:fs';

// From the package at the top, three folders above the built file's own.
const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string };

/** The version of the product. */
export const VERSION = version;
