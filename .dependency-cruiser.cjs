// The walls between the rooms (ARCHITECTURE.md), each with the sentence that a breaker gets.
// test/walls.spec.ts breaks each of them once.
const { existsSync, readdirSync } = require('node:fs');

const CONTEXTS = '(?:tenants|organizations|identity|licensing|releases|orders|audit|integrations)';
const STORES = '(?:event-store|read-models|records)';
const ADAPTER = '/(?:sqlite|kurrent|mongo)\\.[^/]+\\.ts$';
const TEST = '\\.spec\\.ts$|/testing/|^test/';
// A linked node_modules resolves to a path outside.
const PACKAGES = '(?:^|/)node_modules/';
const PURE_PACKAGES = `${PACKAGES}(?:zod|uuid|luxon)/`;

/** Rules of an aggregate stand beside its events: `license.ts` beside `license.events.ts`. */
const aggregates = existsSync('libs')
  ? readdirSync('libs', { recursive: true })
      .filter((file) => file.endsWith('.events.ts'))
      .map((file) => `^libs/${file.replaceAll('\\', '/').replace('.events.ts', '')}\\.ts$`)
  : [];
const PURE = ['\\.(?:events|errors|view)\\.ts$', '/validate-[^/]+\\.ts$', '^libs/workflows/', ...aggregates];

const wall = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** Only files whose names begin so import the driver. */
const driver = (prefix, ...modules) =>
  wall(
    `${prefix}-files-alone-import-their-driver`,
    `Only files named ${prefix}.* (and tests) import ${modules.join(' or ')}: everything else speaks to the port.`,
    { path: '^(?:apps|libs|test|tools)/', pathNot: [`/${prefix}\\.[^/]+\\.ts$`, TEST] },
    { path: modules.flatMap((module) => [`${PACKAGES}(?:@types/)?${module}/`, `^${module}$`]) },
  );

const rooms = [
  wall(
    'kernel-knows-nobody',
    'The kernel is pure: of packages it imports zod, uuid and luxon, and no other room.',
    { path: '^libs/kernel/', pathNot: TEST },
    { pathNot: ['^libs/kernel/', PURE_PACKAGES] },
  ),
  wall(
    'config-knows-the-kernel-only',
    'The configuration reads the environment for everybody, so it depends on no other room than the kernel.',
    { path: '^libs/config/', pathNot: TEST },
    { path: `^(?:apps|libs)/|${PACKAGES}`, pathNot: ['^libs/(?:config|kernel)/', `${PACKAGES}(?:zod|@types/node)/`] },
  ),
  wall(
    'telemetry-knows-nobody',
    'What measures is told what to measure: libs/telemetry depends on no other room.',
    { path: '^libs/telemetry/', pathNot: TEST },
    { path: '^(?:apps|libs)/', pathNot: '^libs/telemetry/' },
  ),
  wall(
    'telemetry-alone-knows-its-packages',
    'Only libs/telemetry (and tests) imports prom-client and @opentelemetry/api: everything else calls what it offers.',
    { path: '^(?:apps|libs)/', pathNot: ['^libs/telemetry/', TEST] },
    { path: `${PACKAGES}(?:prom-client|@opentelemetry)/` },
  ),
  wall(
    'stores-know-no-context',
    'Stores keep what they are given: a port or adapter that names a context, HTTP or an app is in the wrong room.',
    { path: `^libs/${STORES}/`, pathNot: TEST },
    { path: '^(?:apps|libs)/', pathNot: `^libs/(?:kernel|config|telemetry|${STORES})/` },
  ),
  wall(
    'http-knows-no-context',
    'libs/http is for every context alike: what one context needs stands in its own *.http.ts.',
    { path: '^libs/http/', pathNot: TEST },
    { path: '^(?:apps|libs)/', pathNot: `^libs/(?:http|kernel|config|telemetry|${STORES})/` },
  ),
  wall(
    'mail-knows-no-context',
    'libs/mail sends what contexts hand it: templates stand with the context whose matter they are.',
    { path: '^libs/mail/', pathNot: TEST },
    { path: '^(?:apps|libs)/', pathNot: `^libs/(?:mail|http|kernel|config|telemetry|${STORES})/` },
  ),
  wall(
    'contexts-meet-through-events',
    'A context knows of another one its *.events.ts only: fold its events, or send a command through a workflow.',
    { path: `^libs/(${CONTEXTS})/`, pathNot: TEST },
    { path: `^libs/${CONTEXTS}/`, pathNot: ['^libs/$1/', '\\.events\\.ts$'] },
  ),
  wall(
    'contexts-know-no-assembly',
    'A context does not know who puts it together: no import from the catalogue, workflows, the installation or an app.',
    { path: `^libs/${CONTEXTS}/`, pathNot: TEST },
    { path: '^libs/(?:catalogue|workflows|installation)/|^apps/' },
  ),
  wall(
    'workflows-know-events-and-aggregates',
    'A workflow folds events and answers with commands: it imports the kernel, *.events.ts and aggregates, nothing that acts.',
    { path: '^libs/workflows/', pathNot: TEST },
    { path: '^(?:apps|libs)/', pathNot: ['^libs/(?:kernel|workflows)/', '\\.events\\.ts$', ...aggregates] },
  ),
  wall(
    'catalogue-lists-no-doors',
    'The catalogue lists what the contexts declare: no HTTP, no adapter, no app.',
    { path: '^libs/catalogue/', pathNot: TEST },
    { path: ['\\.http\\.ts$', '^libs/(?:http|installation)/', '^apps/', ADAPTER] },
  ),
  wall('libs-know-no-app', 'Apps put rooms together and are imported by nobody.', { path: '^libs/' }, { path: '^apps/' }),
  wall(
    'apps-stay-apart',
    'What two apps share belongs into a library.',
    { path: '^apps/([^/]+)/' },
    { path: '^apps/', pathNot: '^apps/$1/' },
  ),
];

const adapters = [
  wall(
    'adapters-are-chosen-by-apps',
    'Only an app (or the installation) chooses an adapter; all others import the port.',
    { path: '^libs/', pathNot: [ADAPTER, TEST, '^libs/installation/'] },
    { path: ADAPTER },
  ),
  driver('sqlite', 'better-sqlite3', 'better-sqlite3-napi'),
  driver('mongo', 'mongoose'),
  driver('kurrent', '@kurrent/kurrentdb-client'),
  driver('smtp', 'nodemailer'),
];

const purity = [
  wall(
    'pure-files-do-no-io',
    'Facts, rules, views and workflows use nothing of Node: what they need comes in as data.',
    { path: PURE, pathNot: TEST },
    { dependencyTypes: ['core'] },
  ),
  wall(
    'pure-files-import-few-packages',
    'Facts, rules, views and workflows import zod, uuid and luxon, and no other package.',
    { path: PURE, pathNot: TEST },
    { path: PACKAGES, pathNot: PURE_PACKAGES },
  ),
  wall(
    'nest-stays-at-the-doors',
    'In a context only *.http.ts, *.guard.ts, *.module.ts and *.reactor.ts know Nest: rules and views are plain functions.',
    { path: `^libs/${CONTEXTS}/`, pathNot: ['\\.(?:http|guard|module|reactor)\\.ts$', TEST] },
    { path: `${PACKAGES}(?:@nestjs|fastify|@fastify)/` },
  ),
];

const order = [
  wall(
    'tests-stay-out-of-the-product',
    'Only specs import what is made for tests.',
    { path: '^(?:apps|libs)/', pathNot: TEST },
    { path: ['/testing/', '^test/', '\\.spec\\.ts$'] },
  ),
  wall(
    'the-product-ships-its-packages',
    'The product imports no development package: it would be missing where only dependencies are installed.',
    { path: '^(?:apps|libs)/', pathNot: TEST },
    {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
      pathNot: `${PACKAGES}@types/`,
    },
  ),
  wall(
    'rooms-are-entered-by-their-alias',
    'From another room import by alias (#kernel/errors.js), not by a path that climbs out of yours.',
    { path: '^((?:apps|libs)/[^/]+|test|tools)/' },
    { path: '^(?:apps|libs|test)/', pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
  ),
  wall(
    'no-barrels',
    'No index files: import the file that has the thing.',
    {},
    { path: '^(?:apps|libs)/.*/index\\.[cm]?[jt]s$' },
  ),
  wall('no-cycles', 'Files that import each other in a circle are one thing or need a third.', {}, { circular: true }),
  wall(
    'no-orphans',
    'Nobody imports this file and it imports nobody: it is dead, or the place that should list it does not.',
    { orphan: true, path: '^(?:apps|libs|test)/', pathNot: ['/main\\.ts$', '\\.spec\\.ts$'] },
    {},
  ),
  wall('everything-resolves', 'This import leads nowhere.', {}, { couldNotResolve: true, pathNot: '^(?:mongoose|@kurrent/)' }),
];

module.exports = {
  forbidden: [...rooms, ...adapters, ...purity, ...order],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // The aliases of package.json lead into dist; here they lead to the sources.
    webpackConfig: { fileName: `${__dirname}/tools/source-aliases.cjs` },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
