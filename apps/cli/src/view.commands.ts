import type { Command } from 'commander';
import type { Json, JsonObject } from '#kernel/json.js';
import { askOperator } from '#installation/operator-socket.js';
import { lines, table } from './print.js';
import { Progress } from './progress.js';
import type { Terminal } from './terminal.js';

type Build = JsonObject & { readonly number: number; readonly checkpoint: { readonly position: string } };
type Verification = JsonObject & {
  readonly position: string;
  readonly documents: number;
  readonly differences: readonly JsonObject[];
};
type Status = { readonly name: string; readonly version: number; readonly builds: readonly Build[] };

const WATCH_EVERY_MS = 2_000;

export function viewCommands(program: Command, terminal: Terminal): void {
  const views = program
    .command('views')
    .description('read models: how far they are, and building them again')
    .addHelpText(
      'after',
      `
Examples:
  $ keyledger views status
  $ keyledger views rebuild licenses
  $ keyledger views verify licenses
  $ keyledger views switch licenses 3`,
    );
  statusCommands(views, terminal);
  buildCommands(views, terminal);
}

function statusCommands(views: Command, terminal: Terminal): void {
  views
    .command('status')
    .description('all builds of all views')
    .action(() => terminal.run<Json[]>('views.status', {}, (all) => status(all as unknown as Status[])));
  views
    .command('verify')
    .description(
      'fold a view from the log alone, beside itself, and compare every document byte by byte; ends with 1 where one differs',
    )
    .argument('<view>', 'its name, as in status')
    .action((view: string) =>
      whileWatching(terminal, view, () =>
        terminal.run<Verification>(
          'views.verify',
          { view },
          (result) => verified(view, result),
          ({ differences }) => differences.length > 0,
        ),
      ),
    );
  views
    .command('retry')
    .description('fold a document again that was set aside because of an error')
    .argument('<view>', 'its name, as in status')
    .argument('<tenant>', 'the slug of the vendor')
    .argument('<key>', 'the key of the document, as the doctor and the log of the server tell it')
    .action((view: string, tenant: string, key: string) => terminal.run<JsonObject>('views.retry', { view, tenant, key }, lines));
}

function buildCommands(views: Command, terminal: Terminal): void {
  views
    .command('rebuild')
    .description('build a view again beside itself, while it serves; it is switched once it has caught up')
    .argument('<view>', 'its name, as in status')
    .action((view: string) =>
      terminal.run<number>('views.rebuild', { view }, (number) => `Build ${number} of ${view} has begun.`),
    );
  views
    .command('switch')
    .description('make a build the one that answers, once it has caught up')
    .argument('<view>', 'its name, as in status')
    .argument('<build>', 'its number, as in status', Number)
    .action((view: string, build: number) =>
      whileWatching(terminal, view, () =>
        terminal.run<number>('views.switch', { view, build }, (number) => `Build ${number} of ${view} is active.`),
      ),
    );
  views
    .command('rollback')
    .description('go back to the build that was active before')
    .argument('<view>', 'its name, as in status')
    .action((view: string) =>
      terminal.run<number>('views.rollback', { view }, (number) => `Build ${number} of ${view} is active.`),
    );
}

function status(all: readonly Status[]): string {
  const rows = all.flatMap(({ name, builds }) =>
    builds.map((build): JsonObject => ({ ...build, view: name, build: build.number, position: build.checkpoint.position })),
  );
  return table(
    rows,
    ['view', 'version', 'build', 'status', 'position', 'documents', 'quarantined', 'failure'],
    'There is no view.',
  );
}

function verified(view: string, { documents, position, differences }: Verification): string {
  if (differences.length === 0) return `All ${documents} documents of ${view} are what the log says, up to ${position}.`;
  const rows = table(differences, ['tenant', 'key', 'what', 'members'], '');
  return `${view} is not what the log says, up to ${position}; the first differences:\n${rows}\nBuild it again: keyledger views rebuild ${view}`;
}

/** Shows how far the newest build of the view is behind the one that answers, as long as a running server works on it. */
async function whileWatching<T>(terminal: Terminal, view: string, work: () => Promise<T>): Promise<T> {
  const { config, json } = terminal.options();
  if (json) return work();
  const progress = new Progress(process.stderr);
  const look = async (): Promise<void> => {
    const answer = await askOperator(config.dataDir, 'views.status', {}).catch(() => null);
    if (!answer || !('result' in answer)) return;
    const builds = (answer.result as unknown as Status[]).find(({ name }) => name === view)?.builds ?? [];
    const [active, newest] = [builds.find(({ status }) => status === 'active'), builds.at(-1)];
    if (!active || !newest || newest.status !== 'building') return;
    const [done, total] = [newest, active].map(({ checkpoint }) => Number(checkpoint.position)) as [number, number];
    if (done < total) progress.show({ what: `build ${newest.number} of ${view}`, unit: 'events', done, total });
  };
  const watch = setInterval(() => void look(), WATCH_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(watch);
  }
}
