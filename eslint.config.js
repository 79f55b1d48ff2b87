// The rules of the house that lint can keep. Each restriction says why, in the message that a breaker gets.
import { readdirSync } from 'node:fs';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rules of an aggregate stand beside its events: `license.ts` beside `license.events.ts`. */
const aggregates = readdirSync('libs', { recursive: true })
  .filter((file) => file.endsWith('.events.ts'))
  .map((file) => `libs/${file.replaceAll('\\', '/').replace('.events.ts', '.ts')}`);

const PURE = [
  'libs/kernel/src/**/*.ts',
  'libs/*/src/**/*.{events,errors,view}.ts',
  'libs/*/src/**/validate-*.ts',
  'libs/workflows/src/**/*.ts',
  ...aggregates,
];
// The demo is one too: it plays its story over HTTP, and holds every step against what it expects.
const TESTS = ['**/*.spec.ts', '**/testing/**/*.ts', 'test/**/*.ts'];
/** Where people at a terminal are spoken to. */
const TERMINAL = ['apps/*/src/main.ts', 'apps/cli/src/**/*.ts', 'tools/**/*'];

const EVERYWHERE = [
  {
    selector:
      ':matches(ClassDeclaration, ClassExpression):not([superClass.name=/Error$/]) > ClassBody > MethodDefinition[kind="constructor"] > FunctionExpression[params.length>4]',
    message: 'A constructor takes at most 4 dependencies: the class does too much.',
  },
];
const ENVIRONMENT = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'Only libs/config reads the environment: add a setting there.',
  },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
    message: 'Only libs/config reads the environment: add a setting there.',
  },
];
const APPEND = [
  {
    selector: 'CallExpression[callee.property.name="append"]',
    message: 'execute.ts alone appends events: send a command.',
  },
];
const CLOCK_AND_CHANCE = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Pure files read no clock: take `now` as data.' },
  { selector: 'CallExpression[callee.name="Date"]', message: 'Pure files read no clock: take `now` as data.' },
  {
    selector: 'MemberExpression[object.name="Date"][property.name="now"]',
    message: 'Pure files read no clock: take `now` as data.',
  },
  {
    selector: 'MemberExpression[object.name="DateTime"][property.name=/^(now|local|utc)$/]',
    message: 'Pure files read no clock: take `now` as data.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Pure files draw nothing: take it as data, or derive it from the command id.',
  },
];

export default defineConfig(
  globalIgnores(['dist', 'node_modules', 'coverage', 'data']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 300],
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      'no-control-regex': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines-per-function': ['error', 50],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } },
      ],
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...ENVIRONMENT, ...APPEND],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // An adapter that works synchronously answers a promise because its port says so.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...ENVIRONMENT, ...APPEND, ...CLOCK_AND_CHANCE],
      'no-restricted-globals': [
        'error',
        ...[
          'Buffer',
          'clearTimeout',
          'crypto',
          'fetch',
          'performance',
          'process',
          'queueMicrotask',
          'setImmediate',
          'setInterval',
          'setTimeout',
        ].map((name) => ({ name, message: 'Pure files know neither Node nor time.' })),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '#kernel/ids.js',
              importNames: ['newId', 'newCommandId'],
              message: 'Pure files draw nothing: derive ids from the command id (deriveId).',
            },
          ],
        },
      ],
    },
  },
  { files: ['libs/config/src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...APPEND] } },
  {
    files: ['libs/event-store/src/execute.ts', 'libs/event-store/src/{sqlite,kurrent}.*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...ENVIRONMENT] },
  },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': ['error', ...EVERYWHERE],
      '@typescript-eslint/unbound-method': 'off',
      // Tests read parsed JSON and go through tables of all aggregates; what they expect is the check.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: TERMINAL, rules: { 'no-console': 'off' } },
);
