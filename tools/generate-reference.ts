// Writes docs/reference from the code; with `--check` it only says which page is not as the code would write it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { asyncApiDocument } from './reference/asyncapi-document.js';
import { configurationPage } from './reference/configuration-page.js';
import { errorsPage } from './reference/errors-page.js';
import { eventsPage } from './reference/events-page.js';
import { openApiDocument } from './reference/openapi-document.js';
import { permissionsPage } from './reference/permissions-page.js';
import { viewsPage } from './reference/views-page.js';

const FOLDER = fileURLToPath(new URL('../../docs/reference/', import.meta.url));

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'asyncapi.json': asyncApiDocument,
  'configuration.md': configurationPage,
  'errors.md': errorsPage,
  'events.md': eventsPage,
  'openapi.json': openApiDocument,
  'permissions.md': permissionsPage,
  'views.md': viewsPage,
};

async function generated(name: string): Promise<string> {
  const filepath = FOLDER + name;
  return format(await PAGES[name]!(), { ...(await resolveConfig(filepath)), filepath });
}

async function generate(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of Object.keys(PAGES)) writeFileSync(FOLDER + name, await generated(name));
}

/** The pages that are not as the code would write them. */
async function stale(): Promise<string[]> {
  const names: string[] = [];
  for (const name of Object.keys(PAGES)) {
    const there = existsSync(FOLDER + name) ? readFileSync(FOLDER + name, 'utf8') : undefined;
    if (there !== (await generated(name))) names.push(`docs/reference/${name}`);
  }
  return names;
}

if (process.argv.includes('--check')) {
  const names = await stale();
  for (const name of names) console.error(`${name} is not what the code says: run \`npm run docs\` and commit it.`);
  if (names.length > 0) process.exitCode = 1;
} else {
  await generate();
}
