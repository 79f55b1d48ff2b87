import { VERSION } from '#config/version.js';
import { journalEvents } from '#catalogue/journal.js';
import { asyncApiOf } from '#integrations/asyncapi.js';

/** `docs/reference/asyncapi.json`: what a server serves at `/asyncapi.json`. */
export function asyncApiDocument(): string {
  return JSON.stringify(asyncApiOf(journalEvents, VERSION));
}
