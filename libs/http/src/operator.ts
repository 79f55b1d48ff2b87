// What functions for the operator (command line, set-up) work with: the same doors as requests, in the operator's name.
import type { EventStore } from '#event-store/event-store.js';
import type { Clock } from '#kernel/clock.js';
import { rootContext, type CommandContext } from '#kernel/context.js';
import { newCommandId, streamName } from '#kernel/ids.js';
import type { Commands } from './commands.js';
import type { Reads } from './reads.js';
import type { RequestContext } from './request-context.js';

export interface OperatorPorts {
  readonly commands: Commands;
  readonly reads: Reads;
  readonly log: EventStore;
  readonly clock: Clock;
}

const WAIT_MS = 5_000;

/** A command of the operator in a tenant. One that names itself is recognised when it is sent again, and answered as before. */
export function operatorCommand(
  ports: Pick<OperatorPorts, 'clock'>,
  tenant: string,
  commandId?: string,
): { readonly command: CommandContext } {
  const command = rootContext(tenant, 'operator', ports.clock.now(), commandId ?? newCommandId());
  return { command: commandId === undefined ? command : { ...command, commandHash: commandId } };
}

/** For {@link Reads}: as of a position, by default the end of the log; nothing older is taken. */
export async function operatorQuery(
  ports: Pick<OperatorPorts, 'log'>,
  tenant: string,
  minPosition?: string,
): Promise<Pick<RequestContext, 'tenant' | 'minPosition' | 'waitMs' | 'stale'>> {
  return { tenant, minPosition: minPosition ?? (await ports.log.head()), waitMs: WAIT_MS, stale: false };
}

/** Whether there is such a tenant, by the log itself. */
export async function tenantExists(ports: Pick<OperatorPorts, 'log'>, slug: string): Promise<boolean> {
  const [first] = await ports.log.readStream(streamName('tenant', slug, slug), { limit: 1 });
  return first !== undefined;
}
