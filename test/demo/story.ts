// The whole story on a server of its own: the vendor's back office, a customer's device (this machine), a
// portal's front end, the customer's people, an integrator, and a restart in between. Everything goes over HTTP, as
// outsiders would do it.
import { startServer, temporaryFolder } from '../support/server.js';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tellAuditor } from './auditor.js';
import { tellBackOffice } from './back-office.js';
import { tellDevice } from './customer-device.js';
import { tellCatchUp, tellIntegrator } from './integrator.js';
import { tellLifeCycle } from './life-cycle.js';
import { tellPeople } from './people.js';
import { tellProviderLogin } from './provider-login.js';
import { tellPortal } from './portal-front-end.js';
import { Scene } from './scene.js';
import { same, Telling } from './telling.js';

/** Plays it; whether every step held. The server is stopped and its folder removed in any case. */
export async function playStory(): Promise<boolean> {
  const telling = new Telling();
  const folder = temporaryFolder();
  const scene = new Scene(await startServer({ folder, env: await settings() }));
  try {
    await tellBackOffice(scene, telling);
    await tellDevice(scene, telling);
    await tellPortal(scene, telling);
    await tellLifeCycle(scene, telling);
    await tellAuditor(scene, telling);
    await tellPeople(scene, telling);
    await tellProviderLogin(scene, telling);
    await tellIntegrator(scene, telling);
    await tellRestart(scene, telling, folder);
  } finally {
    await scene.server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  return telling.end();
}

/** The address is known before the server listens: providers send people back to it. They run on this machine, too. */
async function settings(): Promise<Record<string, string>> {
  const port = String(await anyPort());
  return {
    KEYLEDGER_PORT: port,
    KEYLEDGER_PUBLIC_URL: `http://127.0.0.1:${port}`,
    KEYLEDGER_EGRESS_NETWORKS: '127.0.0.1/32',
  };
}

/** One on which nobody listens at present. */
async function anyPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function tellRestart(scene: Scene, telling: Telling, folder: string): Promise<void> {
  telling.chapter('The operator restarts the server');
  let before: unknown;
  await telling.step('the license is read once more', async () => {
    before = (await scene.staff.read(`/v1/licenses/${scene.licenseId}`)) as unknown;
    return before;
  });
  await telling.step('the server stops on SIGTERM with exit code 0', async () => {
    const code = await scene.server.end('SIGTERM');
    same(code, 0);
    return `exit code ${code}`;
  });
  await telling.step('it starts again on the same folder and answers the same, byte for byte', async () => {
    scene.move(await startServer({ folder }));
    const after: unknown = await scene.staff.read(`/v1/licenses/${scene.licenseId}`);
    same(JSON.stringify(after), JSON.stringify(before));
    return after;
  });
  await tellCatchUp(scene, telling);
}
