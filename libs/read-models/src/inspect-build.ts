// Looks at a build before queries are switched to it.
import { canonicalJson } from '#event-store/canonical-json.js';
import type { Position } from '#event-store/event-store.js';
import { contentOf } from './document.js';
import type { BuildState, Loaded, ReadStore } from './read-store.js';
import type { AnyView } from './view.js';

/** How many documents are looked at. */
const SAMPLE = 1000;

/**
 * The first documents of the build are canonical, can be indexed, and are not from after the checkpoint;
 * a rebuild of the same version has not come out empty. Answers what is wrong, or null.
 */
export async function inspectBuild(
  reads: ReadStore,
  view: AnyView,
  build: BuildState,
  active: BuildState | undefined,
): Promise<string | null> {
  for (const document of await reads.scan(view.name, build.number, null, SAMPLE)) {
    const wrong = inspectDocument(view, document, build.checkpoint.position);
    if (wrong) return `the document ${document.key} of ${document.tenant} ${wrong}`;
  }
  if (active?.version !== build.version || (await reads.count(view.name, build.number)) > 0) return null;
  const before = await reads.count(view.name, active.number);
  return before > 0 ? `it has no documents, the active one has ${before}` : null;
}

function inspectDocument(
  view: AnyView,
  { text, position }: Loaded & { readonly text: string },
  checkpoint: Position,
): string | null {
  if (position > checkpoint) return 'is from after the checkpoint';
  try {
    const doc = JSON.parse(text) as never;
    contentOf(view, doc);
    return canonicalJson(doc) === text ? null : 'is not canonical JSON';
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
}
