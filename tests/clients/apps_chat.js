// @google-apps/chat: the generated client, over its REST fallback.
'use strict';
const {ChatServiceClient} = require('@google-apps/chat').v1;
const {OAuth2Client} = require('google-auth-library');
const {Checks} = require('./checks.js');

const checks = new Checks('@google-apps/chat');
const HUMANS = 'member.type = "HUMAN"';
// HTTP status and canonical code.
const INVALID_ARGUMENT = [400, 'INVALID_ARGUMENT'];
const FAILED_PRECONDITION = [400, 'FAILED_PRECONDITION'];
const PERMISSION_DENIED = [403, 'PERMISSION_DENIED'];
const NOT_FOUND = [404, 'NOT_FOUND'];
const ALREADY_EXISTS = [409, 'ALREADY_EXISTS'];
const RESOURCE_EXHAUSTED = [429, 'RESOURCE_EXHAUSTED'];
const UNAVAILABLE = [503, 'UNAVAILABLE'];

function client(url, token = 'any') {
  const authClient = new OAuth2Client();
  authClient.setCredentials({access_token: token});
  const {hostname, port} = new URL(url);
  return new ChatServiceClient({fallback: 'rest', protocol: 'http', apiEndpoint: hostname, port: Number(port), authClient});
}

const ids = memberships => memberships.map(m => m.name.split('/').pop());

// What an error tells. Over REST this client's errors have the HTTP status for a code, and the whole
// body for a message: what it comes from is in there.
async function refused(what, call, expected, message) {
  let error;
  try {
    await call;
    checks.equal(what, 'an answer', expected);
    return {};
  } catch (thrown) {
    error = thrown;
  }
  const body = JSON.parse(error.message).error;
  checks.equal(what, [error.code, body.status], expected);
  checks.true(`${what}: ${body.message}`, body.message.includes(message));
  return body.details?.[0];
}

async function main() {
  const api = client(process.env.OPEN);
  const parent = 'spaces/A';
  const listed = async request => (await api.listMemberships({parent, ...request}))[0];
  let answer = await listed({});
  checks.equal('list', ids(answer), ['100', '101', '900', '901']);
  checks.equal('enums', [answer[0].state, answer[0].role, answer[0].member.type, answer[2].member.type], ['JOINED', 'ROLE_MANAGER', 'HUMAN', 'BOT']);
  checks.equal('createTime', new Date(Number(answer[0].createTime.seconds) * 1000).getUTCFullYear(), 2026);
  checks.equal('an empty list', await listed({parent: 'spaces/EMPTY'}), []);
  answer = await listed({filter: HUMANS, showInvited: true, pageSize: 10});
  checks.equal('filter, showInvited', ids(answer), ['100', '101', '102']);
  answer = await listed({filter: 'member.type != "BOT"', showGroups: true});
  checks.equal('filter, showGroups', ids(answer), ['100', '101', 'group-g1']);
  checks.equal('a group', answer[2].groupMember.name, 'groups/g1');
  answer = await listed({filter: HUMANS, useAdminAccess: true});
  checks.equal('useAdminAccess', ids(answer), ['100', '101']);
  const [first, next] = await api.listMemberships({parent, pageSize: 2}, {autoPaginate: false});
  checks.equal('pageSize', ids(first), ['100', '101']);
  checks.equal('the next page', ids((await api.listMemberships(next, {autoPaginate: false}))[0]), ['900', '901']);

  // All pages, by the client's own iterators.
  for (const filter of ['', 'role = "ROLE_MEMBER"']) {
    const request = {parent: 'spaces/BIG', pageSize: 10, filter};
    const all = Array.from({length: 95}, (_, n) => n).filter(n => !filter || n % 10).map(n => String(1000 + n));
    checks.equal(`all pages with '${filter}'`, ids((await api.listMemberships(request))[0]), all);
    const seen = [];
    for await (const membership of api.listMembershipsAsync(request)) {
      seen.push(membership);
    }
    checks.equal(`the iterator with '${filter}'`, ids(seen), all);
  }
  const long = Array(40).fill(`(${HUMANS} AND role = "ROLE_MANAGER")`).join(' OR ');
  checks.equal('a long filter', (await listed({parent: 'spaces/BIG', filter: long, pageSize: 4})).length, 10);

  for (const member of ['101', 'grace+x@example.com']) {
    [answer] = await api.getMembership({name: `spaces/A/members/${member}`});
    checks.equal(`get ${member}`, answer.name, 'spaces/A/members/101');
  }
  [answer] = await api.getMembership({name: 'spaces/A/members/app'});
  checks.equal('get app', [answer.name, answer.member.type], ['spaces/A/members/900', 'BOT']);
  [answer] = await api.getMembership({name: 'spaces/A/members/group-g1', useAdminAccess: true});
  checks.equal('get a group', [answer.groupMember.name, answer.role], ['groups/g1', 'MEMBERSHIP_ROLE_UNSPECIFIED']);

  const create = async (membership, more = {}) => (await api.createMembership({parent, membership, ...more}))[0];
  const human = {member: {name: 'users/555', type: 'HUMAN'}};
  answer = await create(human);
  checks.equal('create', [answer.name, answer.state, answer.role], ['spaces/A/members/555', 'JOINED', 'ROLE_MEMBER']);
  answer = await create({member: {name: 'users/shy@example.com', type: 'HUMAN'}});
  checks.equal('create by e-mail', [answer.name, answer.state], ['spaces/A/members/103', 'INVITED']);
  answer = await create({groupMember: {name: 'groups/g2'}}, {useAdminAccess: true});
  checks.equal("create a group's", answer.name, 'spaces/A/members/group-g2');
  answer = await create({member: {name: 'users/app', type: 'BOT'}}, {parent: 'spaces/CHAT'});
  checks.equal("create the app's", answer.name, 'spaces/CHAT/members/900');
  await refused('create twice', create(human), ALREADY_EXISTS, 'already exists');
  await refused("create nobody's", create({}), INVALID_ARGUMENT, 'membership');

  const patch = async (name, role, paths, more = {}) =>
    (await api.updateMembership({membership: {name: `spaces/${name}`, role}, updateMask: paths && {paths}, ...more}))[0];
  for (const role of ['ROLE_MANAGER', 'ROLE_ASSISTANT_MANAGER', 'ROLE_MEMBER']) {
    answer = await patch('A/members/101', role, ['role']);
    checks.equal(`update to ${role}`, [answer.name, answer.role], ['spaces/A/members/101', role]);
  }
  answer = await patch('A/members/101', 'ROLE_MEMBER', ['*'], {useAdminAccess: true});
  checks.equal('update with admin access', answer.role, 'ROLE_MEMBER');
  await refused('no mask', patch('A/members/101', 'ROLE_MEMBER'), INVALID_ARGUMENT, 'updateMask');
  await refused('a bad mask', patch('A/members/101', 'ROLE_MEMBER', ['create_time']), INVALID_ARGUMENT, 'updateMask');
  await refused('the only manager demoted', patch('A/members/100', 'ROLE_MEMBER', ['role']), FAILED_PRECONDITION, 'only space manager');
  await refused('a manager where there is none', patch('CHAT/members/100', 'ROLE_MANAGER', ['role']), FAILED_PRECONDITION, 'SPACE');

  const remove = async (name, more = {}) => (await api.deleteMembership({name: `spaces/${name}`, ...more}))[0];
  await refused('the only manager removed', remove('A/members/100'), FAILED_PRECONDITION, 'only space manager');
  answer = await remove('A/members/555');
  checks.equal('delete', [answer.name, answer.state], ['spaces/A/members/555', 'NOT_A_MEMBER']);
  checks.equal("delete the app's", (await remove('A/members/app')).name, 'spaces/A/members/900');
  answer = await remove('A/members/group-g2', {useAdminAccess: true});
  checks.equal('delete with admin access', answer.state, 'NOT_A_MEMBER');
  await refused("delete another app's", remove('A/members/901'), PERMISSION_DENIED, 'Permission denied');

  let detail = await refused('a bad filter', listed({filter: 'role = "OWNER"'}), INVALID_ARGUMENT, 'Invalid filter query: role = "OWNER"');
  checks.equal('its field', detail.fieldViolations[0].field, 'filter');
  checks.true('its correction', detail.fieldViolations[0].description.includes('ROLE_MANAGER'));
  await refused('a negative page size', listed({pageSize: -1}), INVALID_ARGUMENT, 'pageSize');
  await refused('a made-up token', listed({pageToken: 'abc'}), INVALID_ARGUMENT, 'pageToken');
  await refused('admin access without the type', listed({useAdminAccess: true}), INVALID_ARGUMENT, 'Invalid filter query: ');
  await refused('no such space', listed({parent: 'spaces/X'}), NOT_FOUND, 'Requested entity was not found.');
  await refused('no such member', api.getMembership({name: 'spaces/A/members/404'}), NOT_FOUND, 'Requested entity was not found.');
  // Over REST it does not know a 503 for what it is, and does not retry it.
  for (const turn of [1, 2]) {
    await refused(`503, ${turn}`, listed({parent: 'spaces/FLAKY'}), UNAVAILABLE, 'fault');
  }
  checks.equal('two 503s, then an answer', ids(await listed({parent: 'spaces/FLAKY'})), ['100']);
  await refused('429 for good', listed({parent: 'spaces/DOWN'}), RESOURCE_EXHAUSTED, 'fault');

  const [reader, bot, stranger] = ['reader', 'bot', 'stranger'].map(token => client(process.env.GUARDED, token));
  checks.equal('a reader lists', (await reader.listMemberships({parent}))[0].length, 4);
  detail = await refused('a reader deletes', reader.deleteMembership({name: 'spaces/A/members/100'}), PERMISSION_DENIED, 'insufficient authentication scopes');
  checks.equal('the reason', [detail.reason, detail.domain], ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'googleapis.com']);
  await refused('a stranger lists', stranger.listMemberships({parent}), PERMISSION_DENIED, 'Permission denied');
  checks.equal('an app sees no apps', ids((await bot.listMemberships({parent}))[0]), ['100', '101']);
  await refused('an app asks for groups', bot.listMemberships({parent, showGroups: true}), PERMISSION_DENIED, 'Permission denied');
  checks.done();
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
