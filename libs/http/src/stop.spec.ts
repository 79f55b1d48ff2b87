import { Agent, request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.js';
import { lampApp, type LampApp } from './testing/lamp-app.js';
import { LampController } from './testing/lamps.js';

/** A request on a kept-alive connection, as load balancers hold them. */
function ask(
  lamps: LampApp,
  agent: Agent,
  path: string,
  method = 'GET',
  body?: object,
): Promise<{ status: number; connection?: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer acme-token', ...(body && { 'content-type': 'application/json' }) };
    const sent = request({ host: '127.0.0.1', port: lamps.port, agent, path, method, headers }, (answer) => {
      answer.resume().on('end', () => resolve({ status: answer.statusCode!, connection: answer.headers.connection }));
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

describe('a stopping server', () => {
  it('answers the request under way, then closes the connection', async () => {
    const lamps = await lampApp();
    const agent = new Agent({ keepAlive: true });
    const id = (await lamps.send({ method: 'POST', path: '/v1/lamps', as: 'acme-token', body: { name: 'x' } })).json.id as string;
    LampController.runs = 0;
    let open!: () => void;
    LampController.gate = new Promise((resolve) => (open = resolve));
    const underWay = ask(lamps, agent, `/v1/lamps/${id}/light`, 'POST', { watts: 9 });
    while (LampController.runs === 0) await new Promise(setImmediate);
    const stopped = lamps.close();
    open();
    LampController.gate = null;
    expect(await underWay).toEqual({ status: 200, connection: 'close' });
    await stopped;
    await expect(ask(lamps, agent, '/v1/server/about')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    agent.destroy();
  });

  it('says that it stops before it does, and serves on until then', async () => {
    const lamps = await lampApp();
    const agent = new Agent({ keepAlive: true });
    const readiness = lamps.app.get(Readiness);
    expect([readiness.stopping, (await ask(lamps, agent, '/v1/server/about')).connection]).toEqual([false, 'keep-alive']);
    readiness.announceStop();
    expect(readiness.stopping).toBe(true);
    expect(await ask(lamps, agent, '/v1/server/about')).toEqual({ status: 200, connection: 'close' });
    await lamps.close();
    agent.destroy();
  });
});
