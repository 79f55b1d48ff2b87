import { reactors } from '#catalogue/reactors.js';
import { views } from '#catalogue/views.js';
import type { AnyView } from '#read-models/view.js';
import { code, page, table } from './markdown.js';

const ABOUT = `What is folded from the events: views, which are read, and reactors, which do something because of an event. A view whose version
is raised is built again from the start of the log, beside the one that answers.`;

const REACTORS = `A reactor does its work at least once, with a checkpoint of its own; what fails is tried again, and parked in the end.`;

/** `docs/reference/views.md` */
export function viewsPage(): string {
  const viewRows = views.map((view) => [
    code(view.name),
    String(view.version),
    view.about,
    list(view.categories),
    indexes(view),
    holder(view),
  ]);
  const reactorRows = reactors.map((reactor) => [code(reactor.name), reactor.about, list(Object.keys(reactor.on))]);
  return page('Views and reactors', ABOUT, [
    '## Views',
    table(['view', 'version', 'what it shows', 'folds streams of', 'found by', 'kept for'], viewRows),
    '## Reactors',
    REACTORS,
    table(['reactor', 'what it does', 'because of'], reactorRows),
  ]);
}

function list(names: readonly string[]): string {
  return names.map(code).join(', ');
}

function indexes(view: AnyView): string {
  return list(Object.keys(view.indexes).sort());
}

function holder({ heldBy }: AnyView): string {
  return heldBy === 'installation' ? 'the installation' : 'each tenant';
}
