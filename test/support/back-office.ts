// What one of a vendor's customers and the staff who serve it do all day, one step after the other: licenses are
// issued, devices come and go, customers do not pay and then do, contacts change places, and questions are asked.
// It knows what must be the case after each step, because nobody else touches its things; but for the license that
// several share, for whose seats they compete.
import type { Body } from './client.js';
import { oneOf, type Random } from './random.js';

/** Seats of each license in this story. */
export const SEATS = 3;
/** The policy under which it is played. */
export const TERMS = { activations: SEATS };
/** Licenses that it works with at a time; the oldest is let alone then. */
const LICENSES = 12;
const SORTS = ['issuedAt', 'expiresAt', 'used', 'changedAt'] as const;

/** A command. */
export interface Deed {
  readonly kind: 'deed';
  readonly path: string;
  readonly body: object;
  /** The license whose key is the credential; otherwise staff acts. */
  readonly as?: SharedLicense;
  /** The event that it makes. */
  readonly makes: string;
  /** Takes note of the success. */
  done(body: Body): void;
  /** The code of a refusal that may happen. */
  readonly mayBeRefused?: string;
}

export interface Question {
  readonly kind: 'question';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly as?: SharedLicense;
  /** What is wrong with the answer, if anything is. */
  wrong(body: Body): string | null;
}

export type Step = Deed | Question;

export interface SharedLicense {
  readonly id: string;
  readonly key: string;
}

interface OwnLicense extends SharedLicense {
  suspended: boolean;
  readonly activations: string[];
}

export interface Place {
  readonly policyId: string;
  readonly organizationId: string;
  /** For its seats it competes with others. */
  readonly shared: SharedLicense;
}

export class BackOffice {
  private readonly licenses: OwnLicense[] = [];
  private readonly contacts: string[] = [];
  private members = 0;
  private primary = 1;
  private readonly onShared: string[] = [];
  private count = 0;

  constructor(
    private readonly place: Place,
    private readonly name: string,
    private readonly random: Random,
  ) {}

  /** What is done next. The one before is over by then. */
  next(): Step {
    const dice = this.random();
    if (this.licenses.length === 0 || dice < 0.08) return this.issue();
    if (dice < 0.25) return this.question();
    if (dice < 0.4) return this.contact();
    if (dice < 0.55) return this.compete();
    return this.serve(oneOf(this.random, this.licenses));
  }

  private issue(): Deed {
    const { policyId, organizationId } = this.place;
    return {
      ...{ kind: 'deed', path: '/v1/licenses', body: { policyId, organizationId, name: this.label() }, makes: 'LicenseIssued' },
      done: ({ id, key }) => {
        this.licenses.push({ id, key, suspended: false, activations: [] });
        if (this.licenses.length > LICENSES) this.licenses.shift();
      },
    };
  }

  private serve(license: OwnLicense): Deed {
    if (license.suspended) return this.resume(license);
    if (this.random() < 0.1) return this.suspend(license);
    const { activations } = license;
    if (activations.length < SEATS && this.random() < 0.7) return this.activate(license, activations);
    return activations.length > 0 ? this.deactivate(license, activations) : this.activate(license, activations);
  }

  private suspend(license: OwnLicense): Deed {
    const path = `/v1/licenses/${license.id}/suspend`;
    const done = () => (license.suspended = true);
    return { kind: 'deed', path, body: { reason: 'does not pay' }, makes: 'LicenseSuspended', done };
  }

  private resume(license: OwnLicense): Deed {
    const path = `/v1/licenses/${license.id}/resume`;
    const done = () => (license.suspended = false);
    return { kind: 'deed', path, body: { reason: 'has paid' }, makes: 'LicenseResumed', done };
  }

  /** Devices do it themselves, or staff for them. */
  private activate(license: SharedLicense, activations: string[], mayBeRefused?: string): Deed {
    const body = { fingerprint: `${this.label()}-device`, name: `${this.name}'s machine` };
    const done = ({ id }: Body) => void activations.push(id);
    const deed = { kind: 'deed', body, makes: 'KeyActivated', done, mayBeRefused } as const;
    if (this.random() < 0.5) return { ...deed, path: '/v1/license/activations', as: license };
    return { ...deed, path: `/v1/licenses/${license.id}/activations` };
  }

  private deactivate({ id }: SharedLicense, activations: string[]): Deed {
    const path = `/v1/licenses/${id}/activations/${activations[0]!}/deactivate`;
    return { kind: 'deed', path, body: {}, makes: 'KeyDeactivated', done: () => void activations.shift() };
  }

  private compete(): Deed {
    const { shared } = this.place;
    if (this.onShared.length > 0) return this.deactivate(shared, this.onShared);
    return this.activate(shared, this.onShared, 'license.activation-limit-reached');
  }

  /** Two contacts, who take turns as the primary one. */
  private contact(): Deed {
    const { organizationId } = this.place;
    const label = this.label();
    const deed = { kind: 'deed' } as const;
    if (this.contacts.length < 2) {
      const body = { name: `Person ${label}`, email: `${label}@road-runner.example` };
      return { ...deed, path: '/v1/contacts', body, makes: 'ContactAdded', done: ({ id }) => void this.contacts.push(id) };
    }
    const of = `/v1/organizations/${organizationId}`;
    if (this.members < 2) {
      const body = { contactId: this.contacts[this.members] };
      return { ...deed, path: `${of}/members`, body, makes: 'MemberAdded', done: () => void this.members++ };
    }
    const body = { place: 'primary', contactId: this.contacts[1 - this.primary] };
    const done = () => void (this.primary = 1 - this.primary);
    return { ...deed, path: `${of}/contacts/assign`, body, makes: 'ContactAssigned', done };
  }

  private question(): Question {
    const license = oneOf(this.random, this.licenses);
    const { organizationId } = this.place;
    const dice = this.random();
    if (dice < 0.3) {
      const path = `/v1/licenses?organizationId=${organizationId}&limit=25&sort=${oneOf(this.random, SORTS)}`;
      const isThere = ({ data }: Body) => (data.length > 0 ? null : 'the list of licenses is empty');
      return { kind: 'question', method: 'GET', path, wrong: isThere };
    }
    if (dice < 0.6) {
      const body = { fingerprint: 'nobody-knows-this-device' };
      const isNo = ({ valid }: Body) => (valid === false ? null : `a strange device is valid: ${String(valid)}`);
      return { kind: 'question', method: 'POST', path: '/v1/license/validate', body, as: license, wrong: isNo };
    }
    return { kind: 'question', method: 'GET', path: `/v1/licenses/${license.id}`, wrong: (body) => this.differs(license, body) };
  }

  private differs({ id, activations, suspended }: OwnLicense, body: Body): string | null {
    const shown = `${body.activations?.used} ${body.status === 'suspended'}`;
    const known = `${activations.length} ${suspended}`;
    return shown === known ? null : `license ${id} shows devices and suspension as ${shown}, not ${known}`;
  }

  private label(): string {
    this.count += 1;
    return `${this.name}-${this.count}`;
  }
}
