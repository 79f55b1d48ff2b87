// ALL views by which it is decided who may see and do what.
import { licenseView } from '#licensing/license.view.js';
import type { AnyView } from '#read-models/view.js';

export const rightsViews: readonly AnyView[] = [licenseView];
