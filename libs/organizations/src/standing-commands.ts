// Commands of a contact by which his login ends, or counts again.
import type { Outcome } from '#event-store/execute.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import type { CommandItem } from '#kernel/command-item.js';
import type { ContactState } from './contact.js';
import type { StandingNotes } from './standing-notes.js';

export type StandingCommand = 'suspend' | 'resume' | 'archive' | 'restore' | 'erase';

/** The command and who must be told, in one append. */
export async function sendStanding(
  commands: Pick<Commands, 'sendTogether'>,
  notes: StandingNotes,
  ctx: Pick<RequestContext, 'command'>,
  item: CommandItem<ContactState>,
): Promise<Outcome<ContactState>> {
  const [outcome] = await commands.sendTogether([item, ...notes.items(ctx.command.tenant, item.id)] as const, ctx);
  return outcome;
}
