import { refused, same, type Telling } from './telling.js';
import type { Scene } from './scene.js';

/** What an auditor asks of a license that has seen something: its history, its past, and why it is as it is. */
export async function tellAuditor(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter('An auditor looks back');
  const license = `/v1/licenses/${scene.licenseId}`;
  await telling.step('the history of the license says who did what, when and why, newest first', async () => {
    const { data } = await scene.staff.read(`${license}/history?limit=3`);
    same(data.length, 3);
    return (data as { at: string; who: string; what: { type: string } }[]).map(
      ({ at, who, what }) => `${at} ${who} ${what.type}`,
    );
  });
  await tellPast(scene, telling, license);
  await telling.step('why an activation would be refused: the check, what it looked at, and the event behind it', async () => {
    const { id } = await scene.staff.done('/v1/licenses', { policyId: scene.policyId, organizationId: scene.organizationId });
    await scene.staff.done(`/v1/licenses/${id}/suspend`, { reason: 'the invoice is overdue' });
    const explained = await scene.staff.done(`/v1/licenses/${id}/explain-activation`, { fingerprint: 'a-new-laptop' });
    const { inputs } = explained.checks.find(({ check }: { check: string }) => check === explained.decidedBy);
    const events = inputs.map(({ event }: { event: { type: string } | null }) => event?.type);
    same([explained.refusal.code, events.includes('LicenseSuspended')], ['license.suspended', true]);
    return { decidedBy: explained.decidedBy, refusal: explained.refusal.detail, events: [...new Set(events)] };
  });
  await telling.step('the history leaves as a file whose digest sha256sum can check', async () => {
    const { status, headers } = await scene.staff.get(`${license}/history/export?format=csv`);
    same(status, 200);
    return `${headers.get('keyledger-sha256')}  license-${scene.licenseId}.csv`;
  });
}

async function tellPast(scene: Scene, telling: Telling, license: string): Promise<void> {
  await telling.step('the license as it was before its last change, as the position of that moment has it', async () => {
    const { data } = await scene.staff.read(`${license}/history?limit=2`);
    const [last, before] = data as [{ revision: number }, { position: string; revision: number }];
    const then = await scene.staff.read(`${license}?atPosition=${before.position}`);
    const now = await scene.staff.read(license);
    same([then.revision, now.revision], [before.revision, last.revision]);
    return { then: then.changedAt, now: now.changedAt };
  });
  await telling.step('the future cannot be asked for', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    return refused(await scene.staff.get(`${license}?at=${tomorrow}`), 422, 'as-of.in-the-future').detail;
  });
}
