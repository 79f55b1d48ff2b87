// ALL views: what can be read.
import type { View } from '#read-models/view.js';

export const views: readonly View[] = [];
