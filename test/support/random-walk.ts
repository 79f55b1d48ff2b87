// A vendor to whom random things happen over time: the same seed, the same life.
import type { Client } from './client.js';
import type { Doors } from './doors.js';
import { oneOf, randomOf, type Random } from './random.js';
import { contactOf, organizationOf } from './vendors.js';

const SORTS = ['issuedAt', '-issuedAt', 'expiresAt', '-used', 'changedAt'];
const STATUSES = ['unused', 'active', 'expired', 'suspended,revoked', 'archived', 'not-yet-effective,grace,expiring-soon'];
const DAY = 86_400_000;

interface Wish {
  readonly what: string;
  readonly path: string;
  readonly body?: object;
}

export class Walk {
  readonly organizations: string[] = [];
  readonly contacts: string[] = [];
  readonly licenses: string[] = [];
  readonly groups: string[] = [];
  readonly policies: string[] = [];
  /** What succeeded at least once. */
  readonly done = new Set<string>();
  private product = '';
  private number = 0;

  private constructor(
    private readonly doors: Doors,
    private readonly staff: Client,
    private readonly next: Random,
  ) {}

  static async begin(doors: Doors, staff: Client, seed: number): Promise<Walk> {
    const walk = new Walk(doors, staff, randomOf(seed));
    walk.product = (await staff.done('/v1/products', { name: 'Editor', code: 'editor' })).id;
    const terms = [
      { activations: 2, duration: 'P30D', grace: 'P3D', deactivations: { allowed: 3 } },
      { activations: 3, duration: 'P90D', overAllocated: 'invalid', expiryStrategy: 'maintain' },
    ];
    for (const each of terms) walk.policies.push(await walk.policy(each));
    for (let i = 0; i < 2; i++) walk.organizations.push(await organizationOf(staff));
    for (let i = 0; i < 3; i++) walk.contacts.push(await contactOf(staff));
    return walk;
  }

  /** Moves the clock on, or leaves it; answers whether it moved. */
  tick(): boolean {
    const ms = this.pick([0, 0, 1, 1, 17, 900, 61_000, 3_600_000, DAY, 9 * DAY]);
    const { clock } = this.doors;
    clock.instant = new Date(Date.parse(clock.instant) + ms).toISOString();
    return ms > 0;
  }

  /** Something happens, or is refused. */
  async step(): Promise<void> {
    const { what, path, body } = await this.wish();
    const answer = await this.staff.post(path, body ?? {});
    if (answer.status >= 500 || answer.status === 400) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    if (answer.status >= 300) return;
    this.done.add(what);
    if (what === 'issue') this.licenses.push(answer.body.id);
    if (what === 'group') this.groups.push(answer.body.id);
  }

  /** Addresses to read now: a license, a list of licenses of an organization, a contact, an organization and its members. */
  questions(): string[] {
    const organization = this.pick(this.organizations);
    const list = `/v1/licenses?organizationId=${organization}&limit=${this.pick([2, 25])}&sort=${this.pick(SORTS)}`;
    const filter = this.pick(['', '', `&status=${this.pick(STATUSES)}`, '&q=laptop', `&q=license`]);
    return [
      `/v1/licenses/${this.pick(this.licenses.length > 0 ? this.licenses : this.contacts)}`,
      list + filter,
      `/v1/contacts/${this.pick(this.contacts)}`,
      `/v1/organizations/${organization}`,
      `/v1/organizations/${organization}/members?limit=2`,
      `/v1/groups/${this.pick(this.groups.length > 0 ? this.groups : this.contacts)}`,
      `/v1/groups?organizationId=${organization}&limit=2`,
    ];
  }

  pick<T>(from: readonly T[]): T {
    return oneOf(this.next, from);
  }

  private async policy(terms: object): Promise<string> {
    const code = `policy-${++this.number}`;
    return (await this.staff.done('/v1/policies', { productId: this.product, name: 'Policy', code, terms })).id;
  }

  private instant(days: number): string {
    return new Date(Date.parse(this.doors.clock.instant) + days * DAY).toISOString();
  }

  private async wish(): Promise<Wish> {
    const kind = this.licenses.length < 2 ? 0 : this.next();
    if (kind < 0.12) return this.issued();
    if (kind < 0.45) return this.toLicense(this.pick(this.licenses));
    if (kind < 0.7) return this.toDevices(this.pick(this.licenses));
    return this.pick([
      () => this.toOrganization(),
      () => this.toOrganization(),
      () => this.toContact(),
      () => this.toGroup(),
      () => this.toGroup(),
      () => this.toProduct(),
    ])();
  }

  private issued(): Wish {
    const policyId = this.pick(this.policies);
    const [organizationId, name] = [this.pick(this.organizations), `License ${++this.number}`];
    const more = this.pick<object>([{}, { effectiveFrom: this.instant(2) }, { metadata: { zone: 'b', area: 'a' } }]);
    return { what: 'issue', path: '/v1/licenses', body: { policyId, organizationId, name, ...more } };
  }

  private toLicense(id: string): Wish {
    const [what, body] = this.pick<[string, object]>([
      ['suspend', { reason: 'owes', until: this.pick([undefined, this.instant(3)]) }],
      ['resume', {}],
      ['revoke', { reason: 'charged back' }],
      ['undo-revocation', {}],
      ['renew', { period: 'P20D' }],
      ['set-expiry', { expiresAt: this.instant(this.pick([1, 5, 40])) }],
      ['change-owner', { organizationId: this.pick(this.organizations), contactId: null }],
      ['override-limits', { overrides: { activations: this.pick([1, 4]), entitlements: { zeta: true, alpha: false } } }],
      ['override-limits', { overrides: { activations: 5 }, effectiveAt: this.instant(4) }],
      ['archive', { reason: 'by mistake' }],
    ]);
    return { what, path: `/v1/licenses/${id}/${what}`, body };
  }

  private async toDevices(id: string): Promise<Wish> {
    const fingerprint = `device-${this.pick([1, 2, 3, 4])}`;
    const { body } = await this.staff.get(`/v1/licenses/${id}/activations`);
    const activation: string | undefined = body.data?.[0]?.id;
    const device = { fingerprint, name: `laptop ${this.pick(['a', 'b'])}` };
    const at = `/v1/licenses/${id}/activations`;
    const wishes: Wish[] = [
      { what: 'activate', path: at, body: device },
      { what: 'block', path: `/v1/licenses/${id}/block-device`, body: { fingerprint, until: this.instant(1) } },
      { what: 'unblock', path: `/v1/licenses/${id}/unblock-device`, body: { fingerprint } },
    ];
    if (activation !== undefined) {
      wishes.push({ what: 'deactivate', path: `${at}/${activation}/deactivate` });
      wishes.push({ what: 'replace', path: `${at}/${activation}/replace`, body: device });
      wishes.push({ what: 'name', path: `${at}/${activation}/name`, body: { name: 'desk' } });
    }
    return this.next() < 0.5 ? wishes[0]! : this.pick(wishes);
  }

  private toOrganization(): Wish {
    const contactId = this.pick(this.contacts);
    const [what, body] = this.pick<[string, object]>([
      ['rename', { name: `Organization ${++this.number}` }],
      ['suspend', { reason: 'owes' }],
      ['resume', {}],
      ['members', { contactId }],
      ['members', { contactId }],
      [`members/${contactId}/remove`, {}],
      ['contacts/assign', { place: this.pick(['primary', 'secondary']), contactId }],
      ['contacts/unassign', { place: this.pick(['primary', 'secondary']) }],
      [`members/${contactId}/set-roles`, { roles: this.pick([[], ['authorized-user'], ['organization-administrator']]) }],
    ]);
    const name = what.startsWith('members/') ? `member ${what.split('/').at(-1)}` : `organization ${what}`;
    return { what: name, path: `/v1/organizations/${this.pick(this.organizations)}/${what}`, body };
  }

  private toGroup(): Wish {
    const [organizationId, name] = [this.pick(this.organizations), `Group ${++this.number}`];
    if (this.groups.length < 3) return { what: 'group', path: '/v1/groups', body: { organizationId, name } };
    const [contactId, licenseId] = [this.pick(this.contacts), this.pick(this.licenses)];
    const [what, body] = this.pick<[string, object]>([
      ['rename', { name }],
      ['members', { contactId }],
      ['members', { contactId }],
      [`members/${contactId}/remove`, {}],
      ['licenses', { licenseId }],
      ['licenses', { licenseId }],
      [`licenses/${licenseId}/unlink`, {}],
      ['delete', { cascade: this.pick([true, false, false]) }],
    ]);
    const kind = what.replaceAll(/\/\w{26}\//g, ' ');
    return { what: `group ${kind}`, path: `/v1/groups/${this.pick(this.groups)}/${what}`, body };
  }

  private toContact(): Wish {
    const [what, body] = this.pick<[string, object]>([
      ['rename', { name: `Person ${++this.number}` }],
      ['suspend', { reason: 'lost the phone' }],
      ['resume', {}],
    ]);
    return { what: `contact ${what}`, path: `/v1/contacts/${this.pick(this.contacts)}/${what}`, body };
  }

  private toProduct(): Wish {
    return { what: 'product', path: `/v1/products/${this.product}/change`, body: { name: `Editor ${++this.number}` } };
  }
}
