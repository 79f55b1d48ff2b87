import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel/fields.js';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { itemsTo, NO_VALUES } from './mapping-values.js';
import { mapping } from './mapping.js';

const COMPANY = '01j00000000000000000000061';
const on = [{ type: 'ContactMappingSet', data: { system: 'CRM', requiredToInvite: false } }];
const ada = { name: 'Ada', email: 'ada@globex.example' };
const added = { type: 'ContactAdded', data: ada };
const renamed = (name: string) => ({ type: 'ContactRenamed', data: { name } });
const suspended = { type: 'ContactSuspended', data: {} };
const archived = { type: 'ContactArchived', data: {} };
const erased = [archived, { type: 'PersonErased', data: {} }];
type Happened = { readonly type: string; readonly data: unknown };

const named = { kind: 'contact', externalId: 'P-4' } as const;
const found = { mappedId: TEST_ID, ...named };
const confirmed = (version: string, revision: number) =>
  ({ type: 'MappingConfirmed', data: { ...found, version, revision } }) as const;
const received = (version: string, from: number, revision: number) =>
  ({ type: 'MappingUpdateReceived', data: { ...found, version, from, revision } }) as const;
const conflict = (version: string, theirs: object) =>
  ({ type: 'MappingConflictFound', data: { ...found, version, theirs: { name: '', ...theirs } } }) as const;
const decided = (version: string, keep: 'ours' | 'theirs', span: object = {}) =>
  ({ type: 'MappingConflictDecided', data: { mappedId: TEST_ID, version, keep, from: null, revision: null, ...span } }) as const;
const ended = { type: 'MappingEnded', data: found } as const;

type Fact = Parameters<typeof given<never, typeof mapping.events, typeof mapping.commands, never>>[1];
const over = (contact: readonly Happened[], ...events: Fact[]) =>
  given(mapping, ...events).withFacts({ tenant: on, contact, organization: [] });
const none = { from: -1, changes: 0 };
const send = (version: string, theirs: object, planned: object = none, isNew = false) =>
  ({ ...named, version, theirs: { ...ada, ...theirs }, planned, isNew }) as const;

describe('what the outside system confirms', () => {
  const confirm = (version: string, revision: number) => ({ ...named, version, revision });

  it('it has, up to the revision that it read', () => {
    over([added]).when('confirm', confirm('1', 0)).then(confirmed('1', 0));
    over([added, renamed('A')], confirmed('1', 0))
      .when('confirm', confirm('2', 1))
      .then(confirmed('2', 1));
  });

  it('changes nothing where it is older, or said again', () => {
    const both = [added, renamed('A')];
    over(both, confirmed('2', 1)).when('confirm', confirm('1', 0)).thenNothing();
    over(both, confirmed('2', 1)).when('confirm', confirm('2', 1)).thenNothing();
    over(both, confirmed('2', 1)).when('confirm', confirm('1', 1)).thenNothing();
    over(both, confirmed('2', 1)).when('confirm', confirm('3', 1)).then(confirmed('3', 1));
  });

  it('leaves a newer version known', () => {
    over([added, suspended], received('7', 0, 0))
      .when('confirm', confirm('5', 1))
      .then(confirmed('7', 1));
  });

  it('is refused for what is not there, not yet there, another one’s, or in conflict', () => {
    over([]).when('confirm', confirm('1', 0)).thenRefused('contact.not-found');
    over([added]).when('confirm', confirm('1', 1)).thenRefused('mapping.revision-ahead', { revision: 0 });
    over([added], confirmed('1', 0))
      .when('confirm', { ...confirm('2', 0), externalId: 'P-5' })
      .thenRefused('mapping.other-external-id');
    over([added, renamed('A')], confirmed('1', 0), conflict('2', { name: 'B' }))
      .when('confirm', confirm('3', 1))
      .thenRefused('mapping.in-conflict');
    given(mapping)
      .withFacts({ contact: [added] })
      .when('confirm', confirm('1', 0))
      .thenRefused('mapping.off');
  });

  it('may be that it erased a person, whose id there nobody knows any more', () => {
    const gone = { ...confirmed('1', 0), data: { ...confirmed('1', 0).data, externalId: ERASED } };
    over([added, ...erased], gone)
      .when('confirm', confirm('2', 2))
      .then(confirmed('2', 2));
  });
});

describe('what the outside system sends', () => {
  it('makes what is new', () => {
    over([])
      .when('receive', send('1', {}, { from: -1, changes: 1 }, true))
      .then(received('1', -1, 0));
    over([])
      .when('receive', send('1', {}, { from: -1, changes: 1 }))
      .thenRefused('contact.not-found');
  });

  it('changes what only it has changed', () => {
    over([added], confirmed('1', 0))
      .when('receive', send('2', { name: 'B' }, { from: 0, changes: 1 }))
      .then(received('2', 0, 1));
    over([added, suspended], confirmed('1', 0))
      .when('receive', send('2', { name: 'B', email: 'b@globex.example' }, { from: 1, changes: 2 }))
      .then(received('2', 1, 3));
  });

  it('never counts where it is older or known', () => {
    for (const version of ['1', '2', '02']) {
      over([added], confirmed('2', 0))
        .when('receive', send(version, { name: 'B' }))
        .thenNothing();
      over([added, renamed('A')], confirmed('1', 0), conflict('2', { name: 'B' }))
        .when('receive', send(version, { name: 'C' }))
        .thenNothing();
    }
  });

  it('is known for what we told it, also where we went on since', () => {
    const both = [added, renamed('A'), renamed('B')];
    over(both, confirmed('1', 0))
      .when('receive', send('2', { name: 'A' }))
      .then(received('2', 0, 1));
    over(both, confirmed('1', 0))
      .when('receive', send('2', { name: 'B' }))
      .then(received('2', 0, 2));
    over(both, confirmed('1', 0))
      .when('receive', send('2', {}))
      .then(received('2', 0, 0));
    over(both)
      .when('receive', send('1', { name: 'B' }))
      .then(received('1', -1, 2));
  });

  it('does not count what it was not told of as told', () => {
    over([added, suspended, renamed('A')], confirmed('1', 0))
      .when('receive', send('2', { name: 'A' }))
      .then(received('2', 1, 2));
  });

  it('is the same where it differs in case only, and in what it does not keep', () => {
    const account = { type: 'ContactAccountSet', data: { accountNumber: 'C-1', company: COMPANY } };
    over([added, account], confirmed('1', 1))
      .when('receive', send('2', { email: 'ADA@globex.example', accountNumber: 'c-1' }))
      .then(received('2', 1, 1));
  });

  it('overwrites nothing where both sides changed it', () => {
    const theirs = { ...ada, name: 'B' };
    over([added, renamed('A')], confirmed('1', 0))
      .when('receive', send('2', theirs))
      .then(conflict('2', theirs));
    over([added]).when('receive', send('1', theirs)).then(conflict('1', theirs));
  });

  it('replaces what it said in a conflict, or ends it where both are the same again', () => {
    const before = [confirmed('1', 0), conflict('2', { name: 'B' })] as const;
    const both = [added, renamed('A')];
    over(both, ...before)
      .when('receive', send('3', { name: 'C' }))
      .then(conflict('3', { ...ada, name: 'C' }));
    over(both, ...before)
      .when('receive', send('3', { name: 'A' }))
      .then(received('3', 0, 1));
    over(both, ...before)
      .when('receive', send('3', {}))
      .then(received('3', 0, 0));
  });

  it('changes nothing that is archived or erased', () => {
    const sent = send('2', { name: 'B' }, { from: 1, changes: 1 });
    over([added, archived], confirmed('1', 0)).when('receive', sent).thenRefused('contact.archived');
    over([added, ...erased], confirmed('1', 0))
      .when('receive', { ...sent, planned: none })
      .thenRefused('contact.erased');
    over([added, archived], confirmed('1', 0))
      .when('receive', send('2', {}))
      .then(received('2', 0, 0));
    over([added, ...erased], confirmed('2', 0))
      .when('receive', sent)
      .thenNothing();
  });

  it('is decided anew where its commands were put together on something else', () => {
    const all = [
      send('2', { name: 'B' }, none),
      send('2', { name: 'B' }, { from: 1, changes: 1 }),
      send('2', { name: 'B' }, { from: 0, changes: 2 }),
      send('2', {}, { from: 0, changes: 1 }),
    ];
    for (const sent of all) over([added], confirmed('1', 0)).when('receive', sent).thenRefused('mapping.moved');
  });

  it('is refused under another external id, and where there is no outside system', () => {
    over([added], confirmed('1', 0))
      .when('receive', { ...send('2', {}), externalId: 'P-5' })
      .thenRefused('mapping.other-external-id');
    given(mapping)
      .withFacts({ contact: [added] })
      .when('receive', send('1', {}))
      .thenRefused('mapping.off');
  });
});

describe('a conflict', () => {
  const both = [added, renamed('A')];
  const open = [confirmed('1', 0), conflict('2', { ...ada, name: 'B' })] as const;

  it('is decided for ours, which is then to be told', () => {
    over(both, ...open)
      .when('resolve', { keep: 'ours', planned: none })
      .then(decided('2', 'ours'));
    over(both, ...open, decided('2', 'ours'))
      .when('receive', send('2', { name: 'B' }))
      .thenNothing();
    over(both, ...open, decided('2', 'ours'))
      .when('receive', send('3', { name: 'C' }))
      .then(conflict('3', { ...ada, name: 'C' }));
    over(both, ...open, decided('2', 'ours'))
      .when('confirm', { ...named, version: '3', revision: 1 })
      .then(confirmed('3', 1));
  });

  it('is decided for theirs, which becomes ours', () => {
    const planned = { from: 1, changes: 1 };
    over(both, ...open)
      .when('resolve', { keep: 'theirs', planned })
      .then(decided('2', 'theirs', { from: 0, revision: 2 }));
    over([...both, suspended], ...open)
      .when('resolve', { keep: 'theirs', planned: { from: 2, changes: 1 } })
      .then(decided('2', 'theirs', { from: 2, revision: 3 }));
    over(both, ...open)
      .when('resolve', { keep: 'theirs', planned: none })
      .thenRefused('mapping.moved');
  });

  it('is not decided where there is none, nor for theirs on what is archived', () => {
    over(both).when('resolve', { keep: 'ours', planned: none }).thenRefused('mapping.not-found');
    over(both, confirmed('1', 0)).when('resolve', { keep: 'ours', planned: none }).thenRefused('mapping.no-conflict');
    over(both, ...open, decided('2', 'ours'))
      .when('resolve', { keep: 'ours', planned: none })
      .thenRefused('mapping.no-conflict');
    over([...both, archived], ...open)
      .when('resolve', { keep: 'theirs', planned: none })
      .thenRefused('contact.archived');
  });
});

describe('a mapping that ends', () => {
  it('leaves its external id to others, and is unknown there again', () => {
    over([added], confirmed('1', 0)).when('end', {}).then(ended);
    over([added]).when('end', {}).thenRefused('mapping.not-found');
    over([added], confirmed('1', 0), ended).when('end', {}).thenRefused('mapping.not-found');
    over([added], confirmed('5', 0), ended)
      .when('confirm', { ...named, externalId: 'P-5', version: '1', revision: 0 })
      .then({ ...confirmed('1', 0), data: { ...confirmed('1', 0).data, externalId: 'P-5' } });
  });
});

describe('the commands that make ours as theirs', () => {
  const commandsOf = (...asked: Parameters<typeof itemsTo>) => itemsTo(...asked).map(({ command, data }) => [command, data]);
  const globex = { ...NO_VALUES, name: 'Globex', accountNumber: 'G-1', domains: ['globex.example'] };

  it('are those of a contact', () => {
    expect(commandsOf('contact', TEST_ID, null, { ...ada, company: COMPANY })).toEqual([
      ['add', ada],
      ['setAccount', { accountNumber: null, company: COMPANY }],
    ]);
    const ours = { ...NO_VALUES, ...ada, accountNumber: 'C-1', company: COMPANY };
    expect(commandsOf('contact', TEST_ID, ours, { ...ada, name: 'B', email: 'b@globex.example', accountNumber: null })).toEqual([
      ['rename', { name: 'B' }],
      ['setEmail', { email: 'b@globex.example' }],
      ['setAccount', { accountNumber: null, company: COMPANY }],
    ]);
    expect(commandsOf('contact', TEST_ID, ours, ada)).toEqual([]);
  });

  it('are those of an organization', () => {
    const added = { name: 'Globex', accountNumber: 'G-1', company: null, domains: [] };
    expect(commandsOf('organization', TEST_ID, null, { name: 'Globex', accountNumber: 'G-1' })).toEqual([['add', added]]);
    const theirs = { name: 'Globex Inc.', accountNumber: 'G-2', company: COMPANY, domains: ['a.example'] };
    expect(commandsOf('organization', TEST_ID, globex, theirs)).toEqual([
      ['rename', { name: 'Globex Inc.' }],
      ['setAccountNumber', { accountNumber: 'G-2' }],
      ['setCompany', { company: COMPANY }],
      ['setDomains', { domains: ['a.example'] }],
    ]);
  });
});
