// The catalogue and what must be there for each of its entries.
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { errors } from '#catalogue/errors.js';
import { events } from '#catalogue/events.js';
import { reactors } from '#catalogue/reactors.js';
import { views } from '#catalogue/views.js';
import { httpErrors } from '#http/http-errors.js';
import { operatorErrors } from '#installation/operator.errors.js';
import { sealMarks } from '#kernel/fields.js';
import { categoriesOf, eventTables, eventTypes as types, fieldsOf, folds } from './support/catalogue.js';
import { freeText } from './support/free-text.js';
import { goldenFiles, goldenName, goldenOf, goldens } from './support/golden.js';
import { notPersonal } from './support/not-personal.js';

const ROOT = new URL('../../', import.meta.url);
const newestGoldenOf = (type: string) => goldenOf(goldenName(type, events[type]!.schema));

describe('golden samples', () => {
  it('are there for every event and every schema that it ever had, and none is left over', () => {
    const wanted = types.flatMap((type) => Array.from({ length: events[type]!.schema }, (_, i) => goldenName(type, i + 1)));
    expect(goldenFiles).toEqual(wanted.sort());
  });

  it('say in themselves what they are', () => {
    for (const [file, { type, schema }] of goldens) expect(goldenName(type, schema)).toBe(file);
  });
});

describe('events', () => {
  it.each(eventTables)('of %s streams are in the catalogue', (_category, table) => {
    for (const [type, definition] of Object.entries(table)) expect(events[type]).toBe(definition);
  });

  it('stand each in streams of one category', () => {
    expect(types.filter((type) => categoriesOf(type).length !== 1)).toEqual([]);
  });
});

describe('folds', () => {
  it('have each a name of their own', () => {
    const names = folds.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(folds.map((fold) => [fold.name, fold] as const))('%s names events of its own streams only', (_name, fold) => {
    expect(Object.keys(fold.evolve).filter((type) => !categoriesOf(type).includes(fold.category))).toEqual([]);
  });
});

describe.each([
  ['views', views],
  ['reactors', reactors],
] as const)('%s', (_sort, followers) => {
  const names = followers.map(({ name }) => name);

  it('have each a name of their own', () => {
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(names)('%s reads the streams whose events it names, and no others', (name) => {
    const { on, categories } = followers.find((follower) => follower.name === name)!;
    const read = new Set(Object.keys(on).flatMap(categoriesOf));
    expect(Object.keys(on).filter((type) => !(type in events))).toEqual([]);
    expect([...read].sort()).toEqual([...categories].sort());
  });
});

describe('unique values', () => {
  const kindsOf = (sort: 'claims' | 'releases', type: string) =>
    (events[type]![sort]?.(newestGoldenOf(type).data) ?? []).map(({ kind }) => kind);
  const claiming = types.filter((type) => events[type]!.claims);

  it.each(claiming)('the sample of %s claims one, so that what follows sees it', (type) => {
    expect(kindsOf('claims', type)).not.toEqual([]);
  });

  it('have a refusal each for who comes second', () => {
    const refusals = new Set(claiming.flatMap((type) => kindsOf('claims', type)).map((kind) => `${kind}.taken`));
    expect([...refusals].sort()).toEqual([
      'account-number.taken',
      'contact-email.taken',
      'external-id.taken',
      'group-name.taken',
      'license-key.taken',
      'login-identity.taken',
      'policy-code.taken',
      'product-code.taken',
    ]);
    for (const code of refusals) expect(errors[code]).toMatchObject({ kind: 'conflict' });
  });

  it('are given back only where they can be taken', () => {
    const taken = new Set(claiming.flatMap((type) => kindsOf('claims', type)));
    expect(types.flatMap((type) => kindsOf('releases', type)).filter((kind) => !taken.has(kind))).toEqual([]);
  });
});

describe('refusals', () => {
  const isTest = (name: string) => /\.(?:spec|contract)\.ts$/.test(name);
  const tests = ['apps', 'libs', 'test'].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .filter(isTest)
      .map((name) => readFileSync(new URL(`${folder}/${name}`, ROOT), 'utf8')),
  );

  it.each(Object.keys({ ...httpErrors.table, ...operatorErrors.table, ...errors }))('%s is expected by a test', (code) => {
    expect(tests.some((text) => text.includes(`'${code}'`))).toBe(true);
  });
});

describe('personal data', () => {
  const found = types.flatMap((type) => {
    const marks = sealMarks(events[type]!.data);
    return Object.entries(fieldsOf(type)).flatMap(([field, schema]) =>
      marks.has(field) ? [] : freeText(schema, `${type}.${field}`),
    );
  });

  it('could stand in no field that is neither sealed nor listed with a reason', () => {
    expect(found.filter((field) => !notPersonal.has(field))).toEqual([]);
  });

  it('has no reason left over', () => {
    expect([...notPersonal].filter((field) => !found.includes(field))).toEqual([]);
  });

  it('is sealed for somebody whom the event names by an id', () => {
    for (const type of types) {
      for (const { subject } of sealMarks(events[type]!.data).values()) {
        expect(Object.keys(fieldsOf(type))).toContain(subject);
        expect(freeText(fieldsOf(type)[subject]!, subject)).toEqual([]);
      }
    }
  });
});
