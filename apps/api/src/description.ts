// How the API describes itself: the same for the server and for the generated reference.
import { errors } from '#catalogue/errors.js';
import { VERSION } from '#config/version.js';

/** By the first part of the path, in the order in which somebody meets them. */
const tags = {
  setup: 'The first vendor of an empty installation.',
  me: 'Who the caller is, and what he may do.',
  tenant: 'The vendor itself.',
  'legal-entities': 'The companies of the vendor; one of them serves each customer.',
  login: 'How people come in.',
  logout: 'How they go.',
  sessions: 'Where a person is logged in.',
  'password-reset': 'Another password for who has forgotten his.',
  'login-providers': 'The outside providers by which people of the vendor and of its customers log in.',
  tokens: 'API tokens of the vendor and of its customers.',
  products: 'What the vendor sells.',
  policies: 'Templates of licenses: limits, durations and what happens at their end, in versions.',
  organizations: 'Customer companies, their members and contacts.',
  contacts: 'The people whom the vendor knows.',
  mappings: 'What an outside system has of contacts and organizations, what it sends, and conflicts with it.',
  users: 'Who has a login: people of the vendor and of its customers.',
  roles: 'What people may do: sets of rights, built in or of the vendor.',
  groups: 'People of one organization, and the licenses that they may use together.',
  invitations: 'Offers to contacts to make a user of themselves, with roles and groups.',
  outbox: 'Mails to contacts, and what became of them.',
  licenses: 'Licenses and their devices, for whoever has a token.',
  license: 'The license of a key, for the device that has it: `Authorization: License <key>`.',
  devices: 'What a device holds, over all licenses.',
  'device-blocks': 'Devices that no license of the vendor lets in.',
  events: 'What has happened, as pages or as a stream of CloudEvents.',
  asyncapi: 'The AsyncAPI document of these events.',
  health: 'Whether the server lives, and whether it is ready.',
};

export const description = { errors, tags, version: VERSION };
