// ALL views by which it is decided who may see and do what.
import { accessRulesView } from '#identity/access-rules.view.js';
import { accessView } from '#identity/access.view.js';
import { licenseView } from '#licensing/license.view.js';
import type { AnyView } from '#read-models/view.js';

export const rightsViews: readonly AnyView[] = [accessView, accessRulesView, licenseView];
