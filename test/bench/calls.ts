// What is asked of the product: never the same call twice in a row.
import { randomUUID } from 'node:crypto';
import type { Call } from './load.js';
import type { SeededLicense } from './issue-many.js';
import type { Seeded } from './seed.js';

const SORTS = ['issuedAt', 'expiresAt', 'used', 'changedAt'].flatMap((sort) => [sort, `-${sort}`]);
/** Of all validations, so many ask about a device that was activated before. */
const KNOWN_DEVICES = 10_000;

interface Device {
  readonly license: SeededLicense;
  readonly fingerprint: string;
}

export class Calls {
  private licenseNumber = 0;
  private listNumber = 0;
  private readonly devices: Device[] = [];

  constructor(private readonly seeded: Seeded) {}

  /** A new device on the next license, whoever its vendor is. */
  readonly activation = (): Call => {
    const device = { license: this.nextLicense(), fingerprint: randomUUID() };
    if (this.devices.length < KNOWN_DEVICES) this.devices.push(device);
    else this.devices[this.licenseNumber % KNOWN_DEVICES] = device;
    return deviceCall('/v1/license/activations', device);
  };

  /** A device that was activated before; in one call of four one that never was. */
  readonly validation = (): Call => {
    const known = this.devices[Math.floor(Math.random() * this.devices.length)];
    const stranger = { license: this.nextLicense(), fingerprint: randomUUID() };
    return deviceCall('/v1/license/validate', known && Math.random() < 0.75 ? known : stranger);
  };

  /** The organization's licenses in each of the orders that the list offers, asked by the vendor's back office. */
  readonly list = (): Call => this.listBy({ authorization: `Bearer ${this.seeded.token}` });

  /** The same as its portal asks for them: in the session of somebody … */
  readonly listInSession = (): Call => this.listBy({ cookie: this.seeded.people.session });

  /** … and by a token of the same rights. */
  readonly listByToken = (): Call => this.listBy({ authorization: `Bearer ${this.seeded.people.token}` });

  private listBy(headers: Readonly<Record<string, string>>): Call {
    const sort = SORTS[this.listNumber++ % SORTS.length]!;
    const path = `/v1/licenses?organizationId=${this.seeded.organizationId}&limit=25&sort=${sort}`;
    return { method: 'GET', path, headers };
  }

  private nextLicense(): SeededLicense {
    // A step that meets every license before it meets one again, and jumps between vendors.
    const { licenses } = this.seeded;
    return licenses[(this.licenseNumber++ * 7_919) % licenses.length]!;
  }
}

function deviceCall(path: string, { license, fingerprint }: Device): Call {
  const headers = { authorization: `License ${license.key}`, 'keyledger-tenant': license.tenant };
  return { method: 'POST', path, headers, body: JSON.stringify({ fingerprint }) };
}

export const emptyPost = (): Call => ({ method: 'POST', path: '/empty', body: JSON.stringify({ fingerprint: randomUUID() }) });
export const emptyGet = (): Call => ({ method: 'GET', path: '/empty' });
