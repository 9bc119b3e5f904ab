// Sends each method and several errors by a client: `discovery`, or @google-apps/chat over `rest` or `grpc`.
// Prints the answers, for compare.py.
'use strict';
const {auth, chat} = require('@googleapis/chat');
const {client, errorOf} = require('./generated.js');

const transport = process.argv[2];
const url = process.env.OPEN;
const HUMANS = 'member.type = "HUMAN"';
const parent = 'spaces/A';

// @googleapis/chat.
function discovery() {
  const oauth = new auth.OAuth2();
  oauth.setCredentials({access_token: 'any'});
  const {members} = chat({version: 'v1', auth: oauth, rootUrl: `${url}/`}).spaces;
  const name = member => ({name: `${parent}/members/${member}`});
  return {
    list: async (pageToken = '', filter = HUMANS, pageSize = 2) => (await members.list({parent, pageSize, pageToken, filter, showInvited: true})).data,
    get: async member => (await members.get(name(member))).data,
    create: async user => (await members.create({parent, requestBody: {member: {name: user, type: 'HUMAN'}}})).data,
    patch: async (member, role, updateMask) => (await members.patch({...name(member), updateMask, requestBody: {role}})).data,
    delete: async member => (await members.delete(name(member))).data,
    error: error => error.response.data.error,
  };
}

// Returns a message of @google-apps/chat as JSON of the API: without defaults, and with times as text.
function shown(message) {
  if (Array.isArray(message)) {
    return message.map(shown);
  }
  if (message === null || typeof message !== 'object') {
    return message;
  }
  if ('seconds' in message) {
    const micros = String(Math.round(message.nanos / 1000)).padStart(6, '0');
    return new Date(Number(message.seconds) * 1000).toISOString().replace('000Z', `${micros}Z`);
  }
  const isDefault = value => value === null || value === '' || value === false || String(value).endsWith('_UNSPECIFIED');
  const fields = Object.entries(message).filter(([name, value]) => name !== 'memberType' && !isDefault(value));
  return Object.fromEntries(fields.map(([name, value]) => [name, shown(value)]));
}

function generated() {
  const api = client(url, transport);
  const name = member => ({name: `${parent}/members/${member}`});
  return {
    list: async (pageToken = '', filter = HUMANS, pageSize = 2) => {
      const request = {parent, pageSize, pageToken, filter, showInvited: true};
      const [memberships, , page] = await api.listMemberships(request, {autoPaginate: false});
      return shown({memberships, nextPageToken: page.nextPageToken});
    },
    get: async member => shown((await api.getMembership(name(member)))[0]),
    create: async user => shown((await api.createMembership({parent, membership: {member: {name: user, type: 'HUMAN'}}}))[0]),
    patch: async (member, role, mask) => shown((await api.updateMembership({membership: {...name(member), role}, updateMask: {paths: [mask]}}))[0]),
    delete: async member => shown((await api.deleteMembership(name(member)))[0]),
    error: errorOf,
  };
}

async function main() {
  const api = transport === 'discovery' ? discovery() : generated();
  const refused = async call => {
    try {
      await call;
    } catch (thrown) {
      const error = api.error(thrown);
      const violations = (error.details ?? []).flatMap(detail => detail.fieldViolations ?? []);
      return {
        status: error.status,
        message: error.message,
        violations: violations.map(({field, description}) => ({field, description})),
      };
    }
    return 'success';
  };
  const first = await api.list();
  const answers = {
    list: first,
    'next page': await api.list(first.nextPageToken),
    get: await api.get('grace+x@example.com'),
    create: await api.create('users/555'),
    patch: await api.patch('555', 'ROLE_ASSISTANT_MANAGER', 'role'),
    delete: await api.delete('555'),
    'invalid filter': await refused(api.list('', 'role = "OWNER" ⚠')),
    'negative page size': await refused(api.list('', HUMANS, -1)),
    'made-up token': await refused(api.list('abc')),
    'unknown member': await refused(api.get('404')),
    'existing member': await refused(api.create('users/100')),
    'invalid mask': await refused(api.patch('101', 'ROLE_MEMBER', 'state')),
    'only manager': await refused(api.delete('100')),
  };
  console.log(JSON.stringify(answers));
}

main().then(() => process.exit(), error => {
  console.error(error);
  process.exit(1);
});
