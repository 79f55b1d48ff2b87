// Proves a running build: the same view folded from the log's start, compared at the same position.
import type { Position } from '#event-store/event-store.js';
import type { BuildRun } from './build-run.js';
import { BuildWriter, type ProjectionPorts } from './build-writer.js';
import { compareBuilds, type Comparison } from './compare-builds.js';
import { later, type Pace } from './pace.js';
import type { Build } from './read-store.js';

export interface Verification extends Comparison {
  /** At which both were compared. */
  readonly position: Position;
}

const ONE_DAY = 24 * 3_600_000;

/** The build goes on meanwhile, and stands still only for the last stretch and the comparison. */
export async function verifyRun(
  ports: ProjectionPorts,
  run: BuildRun,
  by: { readonly owner: string; readonly pace: Pace },
): Promise<Verification> {
  const { reads } = ports;
  const { view, partitions, number: live } = run.build;
  const number = await reads.begin(view, partitions);
  try {
    const writers: BuildWriter[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      writers.push(await openWriter(ports, { view, number, partitions, partition }, by.owner, by.pace));
    }
    const catchUp = async () => {
      for (const writer of writers) {
        const { position } = await reads.checkpoint({ ...writer.build, number: live });
        await writer.advanceTo(position, () => by.pace.now(), 'set-aside');
      }
    };
    await catchUp();
    return await run.standStill(async () => {
      await catchUp();
      const position = writers.map(({ checkpoint }) => checkpoint.position).reduce((a, b) => (a < b ? a : b));
      return { ...(await compareBuilds(reads, view.name, live, number)), position };
    });
  } finally {
    await reads.drop(view.name, number);
  }
}

/** A writer for a build that nobody else knows of. */
export async function openWriter(
  ports: ProjectionPorts,
  build: Build,
  owner: string,
  pace: Pick<Pace, 'now'>,
): Promise<BuildWriter> {
  const now = pace.now();
  const epoch = await ports.reads.acquire(build, owner, now, later(now, ONE_DAY));
  if (epoch === null) throw new Error(`build ${build.number} of "${build.view.name}" is another's`);
  return BuildWriter.open(build, epoch, ports);
}
