// Lives of things for the command line, told by the log alone: step by step with the state after each, or as a file.
import { auditErrors } from '#audit/audit.errors.js';
import { inWords } from '#audit/changes.js';
import { entryOf } from '#audit/history-entry.js';
import { EXPORT_FORMATS, exportLines } from '#audit/history-export.js';
import type { History, Step } from '#audit/history.js';
import type { Position } from '#event-store/event-store.js';
import { operatorQuery, tenantExists, type OperatorPorts } from '#http/operator.js';
import { instantInputSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import type { Json } from '#kernel/json.js';
import type { LicenseFacts } from '#licensing/license-facts.js';
import { seatsAt, statusAt } from '#licensing/license-status.js';
import type { Instants } from '#read-models/instants.js';
import { listTenants } from '#tenants/tenant.operator.js';
import { z } from 'zod';
import { linesOperation, type Operations } from './operations.js';

const lived = {
  id: idSchema,
  /** Whose it is; without it all vendors are looked through. */
  tenant: tenantSlugSchema.optional(),
  /** Up to what was recorded by then. */
  until: instantInputSchema.optional(),
};
const replaySchema = z.strictObject(lived);
const exportSchema = z.strictObject({
  ...lived,
  subject: z.enum(['license', 'organization']),
  format: z.enum(EXPORT_FORMATS),
  personal: z.boolean().default(true),
});

type Subject = z.output<typeof exportSchema>['subject'];
type Asked = z.output<typeof replaySchema>;

/** Operations that tell a life line by line. */
export function lifeOperations(ports: OperatorPorts, history: History, instants: Instants): Operations {
  const lives = new Lives(ports, history, instants);
  return {
    'license.replay': linesOperation(replaySchema, async function* (asked): AsyncGenerator<Json> {
      for await (const step of await lives.steps('license', asked)) yield replayed(step);
    }),
    'history.export': linesOperation(
      exportSchema,
      async function* ({ subject, format, personal, ...asked }): AsyncGenerator<Json> {
        yield* exportLines(await lives.steps(subject, asked, personal), 'vendor', format);
      },
    ),
  };
}

/** What happened, and how the license stood after it, at that instant. */
function replayed(step: Step) {
  const entry = entryOf(step, 'vendor');
  const facts = step.after?.['facts'] as unknown as LicenseFacts;
  const standing = { status: statusAt(facts, entry.at), activations: seatsAt(facts, entry.at), expiresAt: facts.expiresAt };
  return { ...entry, changed: step.before === null ? '' : inWords(entry.changes), ...standing, state: step.after };
}

class Lives {
  constructor(
    private readonly ports: OperatorPorts,
    private readonly history: History,
    private readonly instants: Instants,
  ) {}

  /** @throws `history.tenant-unknown`, `history.not-found` */
  async steps(subject: Subject, { id, tenant, until }: Asked, personal = true): Promise<AsyncIterable<Step>> {
    const owner = tenant === undefined ? await this.ownerOf(subject, id) : await this.known(tenant);
    const position = await this.positionOf(owner, until);
    const steps = this.history.steps(subject, owner, id, position, personal);
    const first = await steps.next();
    if (first.done) {
      const detail =
        until === undefined ? `There is no such ${subject} of ${owner}.` : `There was no such ${subject} by ${until}.`;
      return auditErrors.refuse('history.not-found', detail);
    }
    return (async function* () {
      yield first.value;
      yield* steps;
    })();
  }

  private async known(tenant: string): Promise<string> {
    return (await tenantExists(this.ports, tenant)) ? tenant : auditErrors.refuse('history.tenant-unknown');
  }

  private async ownerOf(subject: Subject, id: string): Promise<string> {
    for (const { id: tenant } of await listTenants(this.ports)) {
      if (await this.history.exists(subject, tenant, id)) return tenant;
    }
    return auditErrors.refuse('history.not-found', `No vendor of this installation has such a ${subject}.`);
  }

  private async positionOf(tenant: string, until: string | undefined): Promise<Position> {
    if (until === undefined) return this.history.head();
    await this.ports.reads.reach(this.instants.view, await operatorQuery(this.ports, tenant));
    return this.instants.recordedBy(until);
  }
}
