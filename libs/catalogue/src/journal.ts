// The index of all events of all aggregates, for histories and for the feed.
import { journalOf } from '#read-models/journal.view.js';
import { aggregates } from './aggregates.js';

export const journalView = journalOf(aggregates);
