import type { Command } from 'commander';
import type { Json, JsonObject } from '#kernel/json.js';
import { lines, table } from './print.js';
import type { Terminal } from './terminal.js';

type Build = JsonObject & { readonly checkpoint: { readonly position: string } };
type Status = { readonly name: string; readonly version: number; readonly builds: readonly Build[] };

export function viewCommands(program: Command, terminal: Terminal): void {
  const views = program.command('views').description('read models: how far they are, and building them again');
  views
    .command('status')
    .description('all builds of all views')
    .action(() => terminal.run<Json[]>('views.status', {}, (all) => status(all as unknown as Status[])));
  views
    .command('rebuild')
    .description('build a view again beside itself, while it serves; it is switched once it has caught up')
    .argument('<view>')
    .action((view: string) =>
      terminal.run<number>('views.rebuild', { view }, (number) => `Build ${number} of ${view} has begun.`),
    );
  views
    .command('rollback')
    .description('go back to the build that was active before')
    .argument('<view>')
    .action((view: string) =>
      terminal.run<number>('views.rollback', { view }, (number) => `Build ${number} of ${view} is active.`),
    );
  views
    .command('retry')
    .description('fold a document again that was set aside because of an error')
    .argument('<view>')
    .argument('<tenant>')
    .argument('<key>')
    .action((view: string, tenant: string, key: string) => terminal.run<JsonObject>('views.retry', { view, tenant, key }, lines));
}

function status(all: readonly Status[]): string {
  const rows = all.flatMap(({ name, builds }) =>
    builds.map((build): JsonObject => ({ ...build, view: name, build: build['number']!, position: build.checkpoint.position })),
  );
  return table(
    rows,
    ['view', 'version', 'build', 'status', 'position', 'documents', 'quarantined', 'failure'],
    'There is no view.',
  );
}
