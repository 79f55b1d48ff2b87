import { thisDevice } from './device.js';
import type { Scene } from './scene.js';
import { refused, same, type Telling } from './telling.js';

/** What happens to a license over the years. */
export async function tellLifeCycle(scene: Scene, telling: Telling): Promise<void> {
  const path = () => `/v1/licenses/${scene.licenseId}`;
  const here = thisDevice();
  const verdict = async () => (await scene.staff.done(`${path()}/validate`, { fingerprint: here.fingerprint })).code as string;

  telling.chapter('The years go by');
  await telling.step('suspended, no machine validates; resumed, it does without activating again', async () => {
    await scene.application.done('/v1/license/activations', here);
    await scene.staff.done(`${path()}/suspend`, { reason: 'The invoice is overdue.' });
    const suspended = await verdict();
    await scene.staff.done(`${path()}/resume`, { reason: 'Paid.' });
    const resumed = await verdict();
    same([suspended, resumed], ['license.suspended', 'license.valid']);
    return { suspended, resumed };
  });
  await telling.step(
    'an edit of the policy changes no license; migrating one is a command, and shows before what changes',
    async () => {
      await scene.staff.done(`/v1/policies/${scene.policyId}/revise`, { terms: { activations: 5, duration: 'P1Y' } });
      const before = await scene.staff.read(path());
      const preview = await scene.staff.done(`${path()}/preview-migration`, { policyVersion: 2 });
      await scene.staff.done(`/v1/policies/${scene.policyId}/versions/2/migrate`, { licenses: [scene.licenseId] });
      const after = await scene.staff.read(path());
      same([before.activations.allowed, after.activations.allowed, after.policy.version], [2, 5, 2]);
      return preview;
    },
  );
  await telling.step('renewed by a year, from where it ended', async () => {
    const { expiresAt } = await scene.staff.read(path());
    await scene.staff.done(`${path()}/renew`, { period: 'P1Y' });
    const renewed = await scene.staff.read(path());
    same(Number(renewed.expiresAt.slice(0, 4)), Number(expiresAt.slice(0, 4)) + 1);
    return { before: expiresAt, after: renewed.expiresAt };
  });
  await telling.step('two people edit at once: the second is told that he saw an older revision', async () => {
    const { headers } = await scene.staff.get(path());
    const edit = (reason: string) => scene.staff.post(`${path()}/suspend`, { reason }, { 'if-match': headers.get('etag')! });
    same((await edit('First.')).status, 200);
    const second = refused(await edit('Second.'), 412, 'precondition.failed');
    await scene.staff.done(`${path()}/resume`);
    return second.detail;
  });
  await telling.step('the whole key is shown to whoever may see it', async () => {
    const { key } = await scene.staff.done(`${path()}/reveal-key`, { reason: 'The customer lost it.' });
    same(key, scene.licenseKey);
    return `${key.slice(0, 5)}-…`;
  });
  await telling.step('an auditor reads its history: who changed what from what to what, and why', async () => {
    const { data } = await scene.staff.read(`${path()}/history?sort=at&limit=100`);
    const types = data.map((entry: { what: { type: string } }) => entry.what.type);
    const renewed = data.find((entry: { what: { type: string } }) => entry.what.type === 'LicenseRenewed');
    same([types[0], types.includes('LicenseSuspended')], ['LicenseIssued', true]);
    return { events: types.length, renewed: renewed.what.words };
  });
  await telling.step('revoked, all devices are out; the revocation undone, the seats are free', async () => {
    await scene.staff.done(`${path()}/revoke`, { reason: 'Charged back.' });
    const revoked = await verdict();
    refused(await scene.application.post('/v1/license/activations', here), 409, 'license.revoked');
    await scene.staff.done(`${path()}/undo-revocation`, { reason: 'A mistake of the bank.' });
    const { activations } = await scene.staff.read(path());
    same([revoked, activations.used], ['license.revoked', 0]);
    return { revoked, activations };
  });
}
