// The map of instants to positions covers all events of the product, reservations too: they have positions like all others.
import { RESERVATION_CATEGORY, reservationEvents } from '#event-store/reservation.events.js';
import { instantsOf } from '#read-models/instants.view.js';
import { aggregates } from './aggregates.js';

export const instantsView = instantsOf([...aggregates, { category: RESERVATION_CATEGORY, events: reservationEvents }]);
