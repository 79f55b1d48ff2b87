// A page of a life, as far as the caller may see it.
import { auditErrors } from './audit.errors.js';
import { httpErrors } from '#http/http-errors.js';
import { instantOf, listQuery, page, paging, type Page } from '#http/paging.js';
import type { RequestContext } from '#http/request-context.js';
import type { Found } from '#read-models/document.js';
import type { z } from 'zod';
import { entryOf, type HistoryEntry } from './history-entry.js';
import { sightOf, within, type Looking } from './history-sight.js';
import type { Step, Subject } from './history.js';

export const historyQuery = listQuery({ sort: ['at'], defaultSort: '-at', filters: {} });
export type HistoryQuery = z.output<typeof historyQuery>;

/**
 * A page of the history of a thing. What was before it came to the caller's organization is not shown.
 * @throws `history.not-found`, `auth.forbidden`, `read.bad-cursor`, `read.position-ahead`
 */
export async function historyPage(
  looking: Looking,
  subject: Subject,
  id: string,
  query: HistoryQuery,
  ctx: RequestContext,
): Promise<Page<HistoryEntry>> {
  const { history } = looking;
  const asOf = await history.head();
  if (ctx.minPosition !== undefined && ctx.minPosition > asOf) httpErrors.refuse('read.position-ahead');
  const sight = await sightOf(looking, subject, id, ctx);
  const asked = { ...query, subject, id };
  instantOf(asked, ctx);
  const { after, limit } = paging(asked, ctx);
  const place = after === undefined ? undefined : Number(after.values[0]);
  const newest = query.sort.startsWith('-');
  const inPage = ({ event: { revision } }: Step) => place === undefined || (newest ? revision < place : revision > place);
  const steps: Step[] = [];
  let exists = false;
  for await (const step of within(history.steps(subject, ctx.tenant, id, asOf), sight)) {
    exists = true;
    if (!inPage(step)) continue;
    steps.push(step);
    if (steps.length > limit + 1 && newest) steps.shift();
    if (steps.length > limit && !newest) break;
  }
  if (!exists && sight.actor === undefined) return auditErrors.refuse('history.not-found');
  if (newest) steps.reverse();
  const rows = steps.slice(0, limit).map((step) => ({ key: id, values: [step.event.revision], step }));
  const found = { rows: rows as unknown as Found[], more: steps.length > limit, asOf };
  return page(found, asked, ctx, (row) => entryOf((row as unknown as (typeof rows)[number]).step, sight.audience));
}
