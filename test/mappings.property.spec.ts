// Both sides change what they like, in any order; messages get lost, are sent twice and late; the outside system begins again
// from the start. In the end both sides are the same, or the conflict stands there to be decided.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OrganizationsModule } from '#organizations/organizations.module.js';
import { TenantController } from '#tenants/tenant.http.js';
import { events } from '#catalogue/events.js';
import { IntegrationsModule } from '#integrations/integrations.module.js';
import type { Body, Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { OutsideSystem, type Card } from './support/outside-system.js';
import { createVendor } from './support/vendors.js';

let doors: Doors;
let staff: Client;
let run = 0;

beforeAll(async () => {
  doors = await openDoors({ module: OrganizationsModule }, TenantController, IntegrationsModule.with(events));
  await createVendor(doors, 'acme');
  staff = doors.as();
  await staff.done('/v1/tenant/set-contact-mapping', { system: 'CRM' });
});
afterAll(() => doors.close());

class Lost extends Error {}

/** Loses the next message before it arrives, or its answer, and keeps what has arrived, to send it again some day. */
class Line {
  readonly arrived: object[] = [];
  loses: 'message' | 'answer' | null = null;

  constructor(private readonly client: Client) {}

  read(path: string): Promise<Body> {
    return this.client.read(path);
  }

  async done(path: string, body: object = {}): Promise<Body> {
    const { loses } = this;
    this.loses = null;
    if (loses === 'message') throw new Lost();
    const answer = await this.client.done(path, body);
    if (path.endsWith('upsert-contacts')) this.arrived.push(body);
    if (loses === 'answer') throw new Lost();
    return answer;
  }
}

const STEPS = [
  ...(['weAdd', 'weRename', 'weRename', 'weSuspend', 'decideOurs', 'decideTheirs', 'theyAdd', 'theyEdit', 'theyEdit'] as const),
  ...(['send', 'send', 'read', 'read', 'loseMessage', 'loseAnswer', 'replay', 'sendOld'] as const),
];
type Step = (typeof STEPS)[number];
type Steps = Readonly<Record<Step, (which: number) => Promise<void>>>;

class Story {
  readonly line = new Line(doors.as({ permissions: ['event.read', 'contact.read', 'mapping.read', 'mapping.synchronize'] }));
  readonly ours: string[] = [];
  conflicts = 0;
  private readonly outside: OutsideSystem;
  private names = 0;
  /** Names that stood on a card. */
  private readonly known = new Set<string>();

  constructor(private readonly start: string) {
    this.outside = new OutsideSystem(this.line, `run${++run}`, start);
  }

  async step([what, which]: readonly [Step, number]): Promise<void> {
    await this.steps[what](which);
  }

  private readonly steps: Steps = {
    weAdd: async () => void this.ours.push((await staff.done('/v1/contacts', this.person())).id),
    weRename: (which) => this.ourOne(which, async (id) => staff.done(`/v1/contacts/${id}/rename`, { name: this.person().name })),
    weSuspend: (which) => this.ourOne(which, async (id) => staff.done(`/v1/contacts/${id}/suspend`)),
    decideOurs: (which) => this.ourOne(which, (id) => this.decide(id, 'ours')),
    decideTheirs: (which) => this.ourOne(which, (id) => this.decide(id, 'theirs')),
    theyAdd: async () => {
      const { name, email } = this.person();
      this.known.add(this.outside.add(name, email).name);
    },
    theyEdit: async (which) => {
      const card = this.cards[which % this.cards.length];
      if (card) this.outside.edit(card, { name: this.person().name });
      if (card) this.known.add(card.name);
    },
    send: () => this.work(() => this.outside.send()),
    read: () => this.work(() => this.outside.read()),
    loseMessage: async () => void (this.line.loses = 'message'),
    loseAnswer: async () => void (this.line.loses = 'answer'),
    replay: async () => this.outside.replay(this.start),
    sendOld: async (which) => {
      const old = this.line.arrived[which % this.line.arrived.length];
      if (!old) return;
      const before = await this.contacts();
      await this.line.done('/v1/mappings/upsert-contacts', old).catch(ifLost);
      expect(await this.contacts()).toEqual(before);
    },
  };

  /** Until there is nothing more to send and to read. */
  async finish(): Promise<void> {
    this.line.loses = null;
    do await this.outside.send();
    while (await this.outside.read());
    await this.note();
    for (const id of this.ours) {
      const contact = await staff.read(`/v1/contacts/${id}`);
      const cards = this.cards.filter((card) => card.id === id);
      expect(cards).toHaveLength(1);
      if (contact.mapping.state === 'conflict') {
        this.conflicts++;
        const { conflict } = await staff.read(`/v1/mappings/${id}`);
        expect([conflict.theirs.name, conflict.ours.name]).toEqual([cards[0]!.name, contact.name]);
        continue;
      }
      expect([contact.mapping.state, contact.name, contact.email]).toEqual(['synchronized', cards[0]!.name, cards[0]!.email]);
    }
    expect(this.cards).toHaveLength(this.ours.length);
  }

  private get cards(): Card[] {
    return [...this.outside.cards.values()];
  }

  private contacts(): Promise<Body[]> {
    return Promise.all(this.ours.map((id) => staff.read(`/v1/contacts/${id}`).then(({ asOf: _asOf, ...contact }) => contact)));
  }

  private person() {
    const name = `${run}-${++this.names}`;
    return { name, email: `${name}@globex.example` };
  }

  private async ourOne(which: number, act: (id: string) => Promise<unknown>): Promise<void> {
    const id = this.ours[which % this.ours.length];
    if (id !== undefined) await act(id);
  }

  private async decide(id: string, keep: string): Promise<void> {
    const answer = await staff.post(`/v1/mappings/${id}/resolve`, { keep });
    expect([200, 404, 409]).toContain(answer.status);
  }

  /** What the outside system does changes a name of ours only where it had that name before. */
  private async work(act: () => Promise<unknown>): Promise<void> {
    const before = await this.contacts();
    await act().catch(ifLost);
    await this.note();
    const now = new Map((await this.contacts()).map((contact) => [contact.id, contact.name]));
    const overwritten = before.filter(({ id, name }) => now.get(id) !== name).map(({ name }) => name as string);
    expect(overwritten.filter((name) => !this.known.has(name))).toEqual([]);
    for (const { name } of this.cards) this.known.add(name);
  }

  /** Contacts that came from there are ours from now on, too. */
  private async note(): Promise<void> {
    for (const { externalId } of this.cards) {
      const { data } = await staff.read(`/v1/mappings?externalId=${externalId}`);
      expect(data.length).toBeLessThan(2);
      if (data[0] && !this.ours.includes(data[0].id)) this.ours.push(data[0].id);
    }
  }
}

function ifLost(error: unknown): void {
  if (!(error instanceof Lost)) throw error;
}

it('in the end both sides are the same, or in a conflict that is to be seen; nothing is there twice', async () => {
  const seen = { steps: 0, conflicts: 0 };
  const step = fc.tuple(fc.constantFrom(...STEPS), fc.nat(9));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
      const story = new Story(await doors.installation.events.head());
      for (const one of steps) await story.step(one);
      await story.finish();
      seen.steps += steps.length;
      seen.conflicts += story.conflicts;
    }),
    { numRuns: 30 },
  );
  expect(seen.conflicts).toBeGreaterThan(0); // some stories really got there
}, 180_000);
