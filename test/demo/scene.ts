// Who is on stage, and what one chapter hands to the next.
import { clientOf, Positions, type Client } from '../support/client.js';
import type { RunningServer } from '../support/server.js';

export const TENANT = 'northwind';

export class Scene {
  /** What anybody wrote, everybody sees: each query waits for the highest position so far. */
  private readonly positions = new Positions();
  staffToken = '';
  portalToken = '';
  feedToken = '';
  lastEventId = '';
  company = '';
  productId = '';
  policyId = '';
  organizationId = '';
  contactId = '';
  licenseId = '';
  licenseKey = '';

  constructor(public server: RunningServer) {}

  /** The same actors, at another address. */
  move(server: RunningServer): void {
    this.server = server;
  }

  get anyone(): Client {
    return this.client({});
  }

  /** The vendor's back office. */
  get staff(): Client {
    return this.client({ authorization: `Bearer ${this.staffToken}` });
  }

  /** An application on a customer's computer, which knows nothing but its license key. */
  get application(): Client {
    return this.client({ authorization: `License ${this.licenseKey}`, 'keyledger-tenant': TENANT });
  }

  /** The front end of a portal, with a token that is bound to one organization. */
  get portal(): Client {
    return this.client({ authorization: `Bearer ${this.portalToken}` });
  }

  /** Another system, which may follow the events. */
  get integrator(): Client {
    return this.client({ authorization: `Bearer ${this.feedToken}` });
  }

  private client(headers: Readonly<Record<string, string>>): Client {
    return clientOf(this.server.url, headers, this.positions);
  }
}
