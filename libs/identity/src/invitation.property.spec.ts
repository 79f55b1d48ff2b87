// However many redeem an invitation at once, in however many processes, no more get in than it is for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { errors } from '#catalogue/errors.js';
import { events } from '#catalogue/events.js';
import { Codec } from '#event-store/codec.js';
import type { EventStore } from '#event-store/event-store.js';
import { Executor } from '#event-store/execute.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { commandItem } from '#kernel/command-item.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId, newId } from '#kernel/ids.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { contact } from '#organizations/contact.js';
import { organization } from '#organizations/organization.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { tenant } from '#tenants/tenant.js';
import { invitation } from './invitation.js';
import { user } from './user.js';

const PEOPLE = 5;
const codeHash = 'c'.repeat(43);
const held = [...BUILT_IN_ROLES.administrator.grants];

describe('redemptions', () => {
  let folder: string;
  let store: EventStore;
  let keys: SqliteRecordStore;
  let fresh: () => Executor;
  let company: string;

  const context = (commandId = newCommandId()) => ({
    ...rootContext('acme', 'system:test', new Date().toISOString(), commandId),
    commandHash: 'h',
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redeem-'));
    store = await SqliteEventStore.open(folder);
    keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: true });
    const keyring = new Keyring(keys, randomBytes(32));
    fresh = () => new Executor(store, new Codec(events, keyring), keyring, errors);
    const made = await fresh().execute(tenant, 'acme', 'create', { name: 'Acme', legalEntity: { name: 'EU' } }, context());
    company = Object.keys(made.state.entities)[0]!;
    await fresh().execute(tenant, 'acme', 'setCustomerLogin', { mode: 'users' }, context());
  });

  afterAll(async () => {
    await store.close();
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  /** A group invitation of an organization with some people. */
  async function invite(limit: number) {
    const executor = fresh();
    const [organizationId, id] = [newId(), newId()];
    const people = Array.from({ length: PEOPLE }, () => newId());
    const added = { name: 'Globex', accountNumber: organizationId, company, domains: [] };
    await executor.executeTogether(
      [
        commandItem(organization, organizationId, 'add', added),
        ...people.map((person) => commandItem(contact, person, 'add', { name: 'Ada', email: `${person}@x.example` })),
        ...people.map((contactId) => commandItem(organization, organizationId, 'addMember', { contactId })),
      ],
      context(),
    );
    const wanted = { kind: 'group', organizationId, contactId: null, limit, name: 'All', codeHash, inviter: null, held } as const;
    await executor.execute(invitation, id, 'invite', invitation.commands.invite.parse(wanted), context());
    return { id, people };
  }

  const step = fc.record({
    person: fc.integer({ min: 0, max: PEOPLE - 1 }),
    process: fc.integer({ min: 0, max: 2 }),
    undo: fc.boolean(),
    again: fc.boolean(),
  });

  it('never exceed the limit, and each has exactly one user, under any interleaving', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { minLength: 3, maxLength: 14 }), async (limit, steps) => {
        const { id, people } = await invite(limit);
        const processes = [fresh(), fresh(), fresh()];
        const redeem = (executor: Executor, contactId: string, commandId: string) =>
          executor.executeTogether(
            [
              commandItem(invitation, id, 'redeem', { contactId, codeHash, mailboxProven: true, groups: [] }),
              commandItem(user, contactId, 'create', { kind: 'customer', roles: null, way: 'invitation', held }),
            ],
            context(commandId),
          );
        const undo = (executor: Executor, contactId: string, commandId: string) =>
          executor.executeTogether(
            [
              commandItem(invitation, id, 'undo', { contactId }),
              commandItem(user, contactId, 'remove', { reason: null, places: [] }),
            ],
            context(commandId),
          );
        const refusals = await Promise.all(
          steps.flatMap(({ person, process, undo: back, again }) => {
            const commandId = newCommandId();
            const give = (number: number) => (back ? undo : redeem)(processes[number]!, people[person]!, commandId);
            const calls = again ? [give(process), give((process + 1) % 3)] : [give(process)];
            return calls.map((call) => call.then(() => null).catch((error: { code: string }) => error.code));
          }),
        );
        const expected = ['used-up', 'contact-has-user', 'not-redeemed-by'].map((code) => `invitation.${code}`);
        expect([null, 'command.contended', ...expected]).toEqual(expect.arrayContaining(refusals));
        const { redemptions } = await fresh().stateOf(invitation, 'acme', id);
        expect(Object.keys(redemptions).length).toBeLessThanOrEqual(limit);
        for (const person of people) {
          expect((await fresh().stateOf(user, 'acme', person)).kind).toBe(person in redemptions ? 'customer' : null);
        }
        expect(await everExceeded(id, limit)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  async function everExceeded(id: string, limit: number): Promise<boolean> {
    let used = 0;
    for (const { type } of await store.readStream(`invitation-acme~${id}`)) {
      if (type === 'InvitationRedeemed') used++;
      if (type === 'RedemptionUndone') used--;
      if (used > limit) return true;
    }
    return false;
  }
});
