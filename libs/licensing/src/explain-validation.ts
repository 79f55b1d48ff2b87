// The verdict on a license with everything that it followed from.
import type { RecordedEvent } from '#kernel/context.js';
import type { Past } from '#read-models/past.js';
import { type AnyView, keysOf } from '#read-models/view.js';
import { z } from 'zod';
import { activationKey, activationView } from './activation.view.js';
import { checkSchema, Witness, type Source } from './explained.js';
import { licenseView } from './license.view.js';
import { ownerView } from './owner.view.js';
import { validateLicense } from './validate-license.js';
import { answerOf, verdictSchema, type Case } from './verdicts.js';

export const explainedVerdictSchema = z
  .strictObject({
    verdict: verdictSchema,
    decidedBy: z.string().nullable().meta({ description: 'The check that decided; null where all let pass.' }),
    checks: z.array(checkSchema),
  })
  .meta({ id: 'ExplainedVerdict' });

async function sourceOf(past: Past, view: AnyView, key: string | null | undefined): Promise<Source | null> {
  if (key === null || key === undefined) return null;
  const events = (await past.events(await past.streamsOf(view, key))).filter(
    (event) => view.on[event.type] && keysOf(view, event).includes(key),
  );
  return {
    events,
    initial: null,
    step: (doc: never, event: RecordedEvent): unknown => view.on[event.type]!.evolve(doc, event as never, key),
  };
}

/** Decides once more, watched, and names the events behind what was looked at. */
export async function explainVerdict(
  { known, request }: Case,
  past: Past,
  t: string,
): Promise<z.output<typeof explainedVerdictSchema>> {
  const witness = new Witness();
  const watched = witness.of({ ...known, request });
  const { code, checks } = validateLicense(watched, watched.request, t, witness.asking);
  const { id, facts } = known.license;
  const sources = {
    license: await sourceOf(past, licenseView, id),
    activation:
      request.fingerprint === undefined ? null : await sourceOf(past, activationView, activationKey(id, request.fingerprint)),
    organization: await sourceOf(past, ownerView, facts.organizationId),
    contact: await sourceOf(past, ownerView, facts.contactId),
  };
  const decidedBy = code === 'license.valid' ? null : checks.at(-1)!.check;
  const explained = witness.explain(decidedBy, sources).slice(0, checks.length);
  return { verdict: answerOf(known, request, t), decidedBy, checks: explained };
}
