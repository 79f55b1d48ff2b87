import { inventedDevice, thisDevice } from './device.js';
import type { Scene } from './scene.js';
import { refused, same, type Telling } from './telling.js';

/** The application on a customer's computer: this machine, with its real fingerprint. */
export async function tellDevice(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter("The customer's application starts on this machine");
  const here = thisDevice();
  let activationId = '';
  await telling.step(`"${here.name}" is activated with the license key`, async () => {
    const activation = await scene.application.done('/v1/license/activations', here);
    activationId = activation.id;
    return activation;
  });
  await telling.step('the same machine again is the same activation', async () => {
    const { id, activations } = await scene.application.done('/v1/license/activations', here);
    same({ id, used: activations.used }, { id: activationId, used: 1 });
    return { id, activations };
  });
  await telling.step('the license validates on this machine, and on no other', async () => {
    const valid = await scene.application.done('/v1/license/validate', { fingerprint: here.fingerprint });
    const other = await scene.application.done('/v1/license/validate', { fingerprint: inventedDevice('other').fingerprint });
    same([valid.valid, valid.code, other.valid, other.code], [true, 'license.valid', false, 'device.not-activated']);
    return { code: valid.code, elsewhere: other.code };
  });
  await telling.step('a mistyped key is no key', async () => {
    const typo = scene.licenseKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const answer = await scene.anyone.get('/v1/license', { authorization: `License ${typo}`, 'keyledger-tenant': 'northwind' });
    return refused(answer, 401, 'auth.invalid').detail;
  });
  await tellLimit(scene, telling, activationId);
}

async function tellLimit(scene: Scene, telling: Telling, activationId: string): Promise<void> {
  const laptop = inventedDevice('laptop');
  const workstation = inventedDevice('workstation');
  await telling.step('a second machine takes the last seat; a third is refused, and told what could be released', async () => {
    await scene.application.done('/v1/license/activations', laptop);
    const body = refused(
      await scene.application.post('/v1/license/activations', workstation),
      409,
      'license.activation-limit-reached',
    );
    same([body.allowed, body.used, body.releasable.length], [2, 2, 2]);
    return { code: body.code, allowed: body.allowed, used: body.used, releasable: body.releasable.length };
  });
  await telling.step('the third takes the place of the first in one step', async () => {
    const { activations } = await scene.application.done(`/v1/license/activations/${activationId}/replace`, workstation);
    same(activations.used, 2);
    return activations;
  });
  await telling.step('one more release is over the budget of this window, and says when it resets', async () => {
    const { data } = await scene.application.read('/v1/license/activations');
    const body = refused(
      await scene.application.post(`/v1/license/activations/${data[0].id}/deactivate`),
      409,
      'license.deactivation-limit-reached',
    );
    return { code: body.code, resetsAt: body.resetsAt };
  });
  await telling.step("the vendor's own release is not counted", async () => {
    const { data } = await scene.staff.read(`/v1/licenses/${scene.licenseId}/activations`);
    const { activations } = await scene.staff.done(`/v1/licenses/${scene.licenseId}/activations/${data[0].id}/deactivate`);
    same(activations.used, 1);
    return activations;
  });
}
