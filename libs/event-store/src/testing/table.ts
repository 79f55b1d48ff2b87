// A table at which guests sit, in a hall that may close: aggregates that exercise all of the command path.
import { z } from 'zod';
import { aggregateOf, factsFrom } from '#kernel/aggregate.js';
import { defineErrors } from '#kernel/errors.js';
import { defineEvents, event, mergeEvents } from '#kernel/events.js';
import { sealed } from '#kernel/fields.js';
import { deriveId } from '#kernel/ids.js';
import { reservationEvents } from '../reservation.events.js';

export const seatErrors = defineErrors({
  'seat.none-free': { kind: 'conflict', title: 'No seat is free.' },
  'nickname.taken': { kind: 'conflict', title: 'The nickname is taken.' },
  'hall.closed': { kind: 'conflict', title: 'The hall is closed.' },
});

const hallEvents = defineEvents({ HallClosed: event({ schema: 1, about: '', data: z.strictObject({}) }) });
const tableEvents = defineEvents({
  SeatTaken: event({ schema: 1, about: '', data: z.strictObject({ guest: z.string(), seat: z.string() }) }),
  Nicknamed: event({
    schema: 1,
    about: '',
    data: z.strictObject({
      person: z.string(),
      nickname: sealed('person', z.string()),
      old: sealed('person', z.string().nullable()),
    }),
    claims: ({ nickname }) => [{ kind: 'nickname', value: nickname }],
    releases: ({ old }) => (old === null ? [] : [{ kind: 'nickname', value: old }]),
  }),
});

type Table = { readonly guests: readonly string[]; readonly nickname: string | null };

const hallFacts = factsFrom(hallEvents)({
  name: 'hall-facts',
  category: 'hall',
  initial: { closed: false },
  evolve: { HallClosed: () => ({ closed: true }) },
});
export const hall = aggregateOf<null>()({
  name: 'hall',
  events: hallEvents,
  initial: null,
  commands: { close: z.strictObject({}) },
  decide: { close: () => ({ type: 'HallClosed', data: {} }) },
  evolve: { HallClosed: () => null },
});
export const table = aggregateOf<Table>()({
  name: 'table',
  events: tableEvents,
  initial: { guests: [], nickname: null },
  commands: {
    sit: z.strictObject({ guest: z.string(), hall: z.string().optional() }),
    nickname: z.strictObject({ nickname: z.string() }),
  },
  facts: { hall: hallFacts },
  needs: { sit: (command) => ({ hall: command.hall }) },
  organization: () => 'org1',
  decide: {
    sit: ({ guest }, state, ctx) => {
      if (ctx.facts.hall?.state.closed) seatErrors.refuse('hall.closed');
      if (state.guests.includes(guest)) return [];
      if (state.guests.length >= 3) seatErrors.refuse('seat.none-free');
      return { type: 'SeatTaken', data: { guest, seat: deriveId(ctx.commandId, 'seat') } };
    },
    nickname: ({ nickname }, state, ctx) => ({ type: 'Nicknamed', data: { person: ctx.id, nickname, old: state.nickname } }),
  },
  evolve: {
    SeatTaken: (state, { guest }) => ({ ...state, guests: [...state.guests, guest] }),
    Nicknamed: (state, { nickname }) => ({ ...state, nickname }),
  },
});

export const catalogue = mergeEvents(hallEvents, tableEvents, reservationEvents);
