// What tests of explanations have in common: the doors, a license, and what is behind an explanation.
import { HistoryExportController } from '#audit/history-export.http.js';
import { HistoryController } from '#audit/history.http.js';
import { ActivationController } from '#licensing/activation.http.js';
import { DeviceBlockController } from '#licensing/device-block.http.js';
import { ExplainController } from '#licensing/explain.http.js';
import { LicenseCommandsController } from '#licensing/license-commands.http.js';
import { LicenseController } from '#licensing/license.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { ProductController } from '#licensing/product.http.js';
import { VerdictController } from '#licensing/verdict.http.js';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Body, Client } from './client.js';
import { openDoors, type Doors } from './doors.js';
import { contactOf, createVendor, organizationOf } from './vendors.js';

export interface Input {
  readonly of: string;
  readonly pointer: string;
  readonly value?: unknown;
  readonly event: { readonly id: string; readonly type: string } | null;
}
export interface Check {
  readonly check: string;
  readonly passed: boolean;
  readonly inputs: readonly Input[];
}

const DAY = 86_400_000;

/** A vendor whose customers' licenses are asked about. */
export class Explaining {
  product = '';
  organization = '';
  contact = '';
  private codes = 0;

  private constructor(
    readonly doors: Doors,
    readonly staff: Client,
  ) {}

  static async open(): Promise<Explaining> {
    const doors = await openDoors(
      ...[LicenseController, LicenseCommandsController, ActivationController, ProductController, PolicyController],
      ...[VerdictController, ExplainController, DeviceBlockController, HistoryController, HistoryExportController],
      ...[OrganizationController, MembershipController, ContactController],
    );
    await createVendor(doors, 'acme');
    return new Explaining(doors, doors.as());
  }

  /** A product, an organization and a member of it, for the next story. */
  async prepare(): Promise<void> {
    this.product = (await this.staff.done('/v1/products', { name: 'Editor', code: `editor-${++this.codes}` })).id;
    this.organization = await organizationOf(this.staff);
    this.contact = await contactOf(this.staff);
    await this.staff.done(`/v1/organizations/${this.organization}/members`, { contactId: this.contact });
  }

  inDays(days: number): string {
    return new Date(Date.parse(this.doors.clock.instant) + days * DAY).toISOString();
  }

  later(days: number): void {
    this.doors.clock.instant = this.inDays(days);
  }

  async issued(terms: object = {}, more: object = {}): Promise<string> {
    const policy = {
      productId: this.product,
      name: 'Policy',
      code: `policy-${++this.codes}`,
      terms: { activations: 1, ...terms },
    };
    const { id: policyId } = await this.staff.done('/v1/policies', policy);
    const owner = { organizationId: this.organization, contactId: this.contact };
    return (await this.staff.done('/v1/licenses', { policyId, ...owner, ...more })).id as string;
  }

  of(id: string, verb: string, body: object = {}): Promise<Body> {
    return this.staff.done(`/v1/licenses/${id}/${verb}`, body);
  }

  async activated(id: string, fingerprint = 'device-1'): Promise<string> {
    return (await this.of(id, 'activations', { fingerprint })).id as string;
  }
}

/** The types of the events behind the inputs of the check that decided. */
export function behind({ decidedBy, checks }: Body): string[] {
  const { inputs } = (checks as Check[]).find(({ check }) => check === decidedBy)!;
  return [...new Set(inputs.flatMap(({ event }) => (event ? [event.type] : [])))].sort();
}
