import { aggregates } from '#catalogue/aggregates.js';
import { events } from '#catalogue/events.js';
import { RESERVATION_CATEGORY, reservationEvents } from '#event-store/reservation.events.js';
import type { EventDefinition, EventTable } from '#kernel/events.js';
import { sealMarks } from '#kernel/fields.js';
import { fieldRows } from './field-types.js';
import { code, page, table } from './markdown.js';
import { uniqueKinds } from './unique-kinds.js';

const ABOUT = `Every event of the product, by the streams in which it stands. A stream is named \`<category>-<tenant>~<id>\`.
**Schema** is the number of the payload's current schema; payloads of earlier schemas are brought to it when they are read.
A field that is **sealed** is stored encrypted, with the key of whom or what the named field says.
**Takes** and **gives back** name values that only one stream of a tenant can hold at a time.`;

/** `docs/reference/events.md` */
export function eventsPage(): string {
  const sections = aggregates.map(({ category, events: own }) => section(category, own as EventTable));
  const total = Object.keys(events).length;
  return page('Events', `${ABOUT}\n\nThere are ${total} of them.`, [
    ...sections,
    section(RESERVATION_CATEGORY, reservationEvents),
  ]);
}

function section(category: string, own: EventTable): string {
  return [`## ${code(category)}`, ...Object.entries(own).map(([type, definition]) => entry(type, definition))].join('\n\n');
}

function entry(type: string, definition: EventDefinition): string {
  const marks = sealMarks(definition.data);
  const rows = fieldRows(definition.data).map(({ path, type: fieldType }) => {
    const subject = marks.get(path.split(/[.[]/)[0]!)?.subject;
    return [code(path), fieldType, subject === undefined ? '' : `sealed by ${code(subject)}`];
  });
  const fields = rows.length === 0 ? 'It has no fields.' : table(['field', 'type', 'mark'], rows);
  return [`### ${type}`, `${definition.about} Schema ${definition.schema}.${uniqueWords(type)}`, fields].join('\n\n');
}

function uniqueWords(type: string): string {
  const { claims, releases } = uniqueKinds(type);
  const words = (verb: string, kinds: readonly string[]) => (kinds.length === 0 ? '' : ` ${verb} ${kinds.map(code).join(', ')}.`);
  return words('Takes', claims) + words('Gives back', releases);
}
