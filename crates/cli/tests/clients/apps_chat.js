// @google-apps/chat, the generated client: with its REST fallback, or with the argument `grpc` over that.
'use strict';
const {Checks} = require('./checks.js');
const {client, errorOf} = require('./generated.js');

const transport = process.argv[2] ?? 'rest';
const checks = new Checks(`@google-apps/chat (${transport})`);
const HUMANS = 'member.type = "HUMAN"';
// HTTP status and canonical code.
const INVALID_ARGUMENT = [400, 'INVALID_ARGUMENT'];
const FAILED_PRECONDITION = [400, 'FAILED_PRECONDITION'];
const PERMISSION_DENIED = [403, 'PERMISSION_DENIED'];
const NOT_FOUND = [404, 'NOT_FOUND'];
const ALREADY_EXISTS = [409, 'ALREADY_EXISTS'];
const RESOURCE_EXHAUSTED = [429, 'RESOURCE_EXHAUSTED'];
const UNAVAILABLE = [503, 'UNAVAILABLE'];
const UNAUTHENTICATED = [401, 'UNAUTHENTICATED'];
const UNIMPLEMENTED = [501, 'UNIMPLEMENTED'];
const DEADLINE_EXCEEDED = [504, 'DEADLINE_EXCEEDED'];

const ids = memberships => memberships.map(m => m.name.split('/').pop());

// Checks the codes and the message of an error; returns its first detail.
async function refused(what, call, expected, message) {
  let error;
  try {
    await call;
    checks.equal(what, 'success', expected);
    return {};
  } catch (thrown) {
    error = errorOf(thrown);
  }
  checks.equal(what, [error.code, error.status], expected);
  checks.true(`${what}: ${error.message}`, error.message.includes(message));
  return error.details?.[0];
}

async function main() {
  const api = client(process.env.OPEN, transport);
  const parent = 'spaces/A';
  const listed = async request => (await api.listMemberships({parent, ...request}))[0];
  let answer = await listed({});
  checks.equal('list', ids(answer), ['100', '101', '900', '901']);
  checks.equal('enums', [answer[0].state, answer[0].role, answer[0].member.type, answer[2].member.type], ['JOINED', 'ROLE_MANAGER', 'HUMAN', 'BOT']);
  checks.equal('createTime', new Date(Number(answer[0].createTime.seconds) * 1000).getUTCFullYear(), 2026);
  checks.equal('empty list', await listed({parent: 'spaces/EMPTY'}), []);
  answer = await listed({filter: HUMANS, showInvited: true, pageSize: 10});
  checks.equal('filter, showInvited', ids(answer), ['100', '101', '102']);
  answer = await listed({filter: 'member.type != "BOT"', showGroups: true});
  checks.equal('filter, showGroups', ids(answer), ['100', '101', 'group-g1']);
  checks.equal('group', answer[2].groupMember.name, 'groups/g1');
  answer = await listed({filter: HUMANS, useAdminAccess: true});
  checks.equal('useAdminAccess', ids(answer), ['100', '101']);
  const [first, next] = await api.listMemberships({parent, pageSize: 2}, {autoPaginate: false});
  checks.equal('pageSize', ids(first), ['100', '101']);
  checks.equal('next page', ids((await api.listMemberships(next, {autoPaginate: false}))[0]), ['900', '901']);

  // All pages, with the client's own iterators.
  for (const filter of ['', 'role = "ROLE_MEMBER"']) {
    const request = {parent: 'spaces/BIG', pageSize: 10, filter};
    const all = Array.from({length: 95}, (_, n) => n).filter(n => !filter || n % 10).map(n => String(1000 + n));
    checks.equal(`all pages with '${filter}'`, ids((await api.listMemberships(request))[0]), all);
    const seen = [];
    for await (const membership of api.listMembershipsAsync(request)) {
      seen.push(membership);
    }
    checks.equal(`iterator with '${filter}'`, ids(seen), all);
  }
  const long = Array(40).fill(`(${HUMANS} AND role = "ROLE_MANAGER")`).join(' OR ');
  checks.equal('long filter', (await listed({parent: 'spaces/BIG', filter: long, pageSize: 4})).length, 10);

  for (const member of ['101', 'grace+x@example.com']) {
    [answer] = await api.getMembership({name: `spaces/A/members/${member}`});
    checks.equal(`get ${member}`, answer.name, 'spaces/A/members/101');
  }
  [answer] = await api.getMembership({name: 'spaces/A/members/app'});
  checks.equal('get app', [answer.name, answer.member.type], ['spaces/A/members/900', 'BOT']);
  [answer] = await api.getMembership({name: 'spaces/A/members/group-g1', useAdminAccess: true});
  checks.equal('get group', [answer.groupMember.name, answer.role], ['groups/g1', 'MEMBERSHIP_ROLE_UNSPECIFIED']);

  const create = async (membership, more = {}) => (await api.createMembership({parent, membership, ...more}))[0];
  const human = {member: {name: 'users/555', type: 'HUMAN'}};
  answer = await create(human);
  checks.equal('create', [answer.name, answer.state, answer.role], ['spaces/A/members/555', 'JOINED', 'ROLE_MEMBER']);
  answer = await create({member: {name: 'users/shy@example.com', type: 'HUMAN'}});
  checks.equal('create by email', [answer.name, answer.state], ['spaces/A/members/103', 'INVITED']);
  answer = await create({groupMember: {name: 'groups/g2'}}, {useAdminAccess: true});
  checks.equal("create a group's membership", answer.name, 'spaces/A/members/group-g2');
  answer = await create({member: {name: 'users/app', type: 'BOT'}}, {parent: 'spaces/CHAT'});
  checks.equal("create the app's membership", answer.name, 'spaces/CHAT/members/900');
  await refused('create existing', create(human), ALREADY_EXISTS, 'already exists');
  await refused("create without a member", create({}), INVALID_ARGUMENT, 'membership');

  const patch = async (name, role, paths, more = {}) =>
    (await api.updateMembership({membership: {name: `spaces/${name}`, role}, updateMask: paths && {paths}, ...more}))[0];
  for (const role of ['ROLE_MANAGER', 'ROLE_ASSISTANT_MANAGER', 'ROLE_MEMBER']) {
    answer = await patch('A/members/101', role, ['role']);
    checks.equal(`update to ${role}`, [answer.name, answer.role], ['spaces/A/members/101', role]);
  }
  answer = await patch('A/members/101', 'ROLE_MEMBER', ['*'], {useAdminAccess: true});
  checks.equal('update with admin access', answer.role, 'ROLE_MEMBER');
  await refused('missing mask', patch('A/members/101', 'ROLE_MEMBER'), INVALID_ARGUMENT, 'updateMask');
  await refused('invalid mask', patch('A/members/101', 'ROLE_MEMBER', ['create_time']), INVALID_ARGUMENT, 'updateMask');
  await refused('demote the only manager', patch('A/members/100', 'ROLE_MEMBER', ['role']), FAILED_PRECONDITION, 'only space manager');
  await refused('manager in a group chat', patch('CHAT/members/100', 'ROLE_MANAGER', ['role']), FAILED_PRECONDITION, 'SPACE');

  const remove = async (name, more = {}) => (await api.deleteMembership({name: `spaces/${name}`, ...more}))[0];
  await refused('remove the only manager', remove('A/members/100'), FAILED_PRECONDITION, 'only space manager');
  answer = await remove('A/members/555');
  checks.equal('delete', [answer.name, answer.state], ['spaces/A/members/555', 'NOT_A_MEMBER']);
  checks.equal("delete the app's membership", (await remove('A/members/app')).name, 'spaces/A/members/900');
  answer = await remove('A/members/group-g2', {useAdminAccess: true});
  checks.equal('delete with admin access', answer.state, 'NOT_A_MEMBER');
  await refused("delete another app's membership", remove('A/members/901'), PERMISSION_DENIED, 'Permission denied');

  let detail = await refused('invalid filter', listed({filter: 'role = "OWNER"'}), INVALID_ARGUMENT, 'Invalid filter query: role = "OWNER"');
  checks.equal('field of the violation', detail.fieldViolations[0].field, 'filter');
  checks.true('suggestion of the violation', detail.fieldViolations[0].description.includes('ROLE_MANAGER'));
  await refused('negative page size', listed({pageSize: -1}), INVALID_ARGUMENT, 'pageSize');
  await refused('made-up token', listed({pageToken: 'abc'}), INVALID_ARGUMENT, 'pageToken');
  await refused('admin access without the type', listed({useAdminAccess: true}), INVALID_ARGUMENT, 'Invalid filter query: ');
  await refused('unknown space', listed({parent: 'spaces/X'}), NOT_FOUND, 'Requested entity was not found.');
  await refused('unknown member', api.getMembership({name: 'spaces/A/members/404'}), NOT_FOUND, 'Requested entity was not found.');
  // Over REST it does not recognize a 503, and does not retry it.
  for (const turn of transport === 'rest' ? [1, 2] : []) {
    await refused(`503, ${turn}`, listed({parent: 'spaces/FLAKY'}), UNAVAILABLE, 'unavailable');
  }
  checks.equal('two 503s, then success', ids(await listed({parent: 'spaces/FLAKY'})), ['100']);
  await refused('permanent 429', listed({parent: 'spaces/DOWN'}), RESOURCE_EXHAUSTED, 'Quota exceeded');

  const [reader, bot, stranger] = ['reader', 'bot', 'stranger'].map(token => client(process.env.GUARDED, transport, token));
  checks.equal('list as a reader', (await reader.listMemberships({parent}))[0].length, 4);
  detail = await refused('delete as a reader', reader.deleteMembership({name: 'spaces/A/members/100'}), PERMISSION_DENIED, 'insufficient authentication scopes');
  checks.equal('reason', [detail.reason, detail.domain], ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'googleapis.com']);
  await refused('list as a stranger', stranger.listMemberships({parent}), PERMISSION_DENIED, 'Permission denied');
  checks.equal('list as an app, without apps', ids((await bot.listMemberships({parent}))[0]), ['100', '101']);
  await refused('list groups as an app', bot.listMemberships({parent, showGroups: true}), PERMISSION_DENIED, "This method doesn't support app authentication");
  if (transport === 'grpc') {
    const get = (api, name, options) => api.getMembership({name: `spaces/${name}`}, options);
    const [unknown, none] = ['x', null].map(token => client(process.env.GUARDED, transport, token));
    await refused('unknown token', get(unknown, 'A/members/100'), UNAUTHENTICATED, 'invalid authentication credentials');
    await refused('no token', get(none, 'A/members/100'), UNAUTHENTICATED, 'missing required authentication credential');
    await refused('deadline', get(api, 'SLOW/members/100', {timeout: 200}), DEADLINE_EXCEEDED, '');
    await refused('unimplemented method', api.getSpace({name: 'spaces/A'}), UNIMPLEMENTED, 'only the methods of memberships');
    const options = {otherArgs: {headers: {'x-goog-fieldmask': 'name,member.type'}}};
    [answer] = await get(api, 'A/members/101', options);
    checks.equal('field mask', [answer.name, answer.role, answer.member.name, answer.member.type], ['spaces/A/members/101', 'MEMBERSHIP_ROLE_UNSPECIFIED', '', 'HUMAN']);
    await refused('permanent 503', api.listMemberships({parent: 'spaces/OFF'}, {retry: null}), UNAVAILABLE, 'unavailable');
    // The client retries a lost connection on its own.
    checks.equal('two lost connections, then success', ids(await listed({parent: 'spaces/LOST'})), ['100']);
  }
  checks.done();
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
