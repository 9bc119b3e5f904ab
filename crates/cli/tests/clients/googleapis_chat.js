// @googleapis/chat, which is built from the discovery document.
'use strict';
const {auth, chat} = require('@googleapis/chat');
const {Checks} = require('./checks.js');

const checks = new Checks('@googleapis/chat');
const HUMANS = 'member.type = "HUMAN"';

function members(url, token = 'any') {
  const client = new auth.OAuth2();
  client.setCredentials({access_token: token});
  return chat({version: 'v1', auth: client, rootUrl: `${url}/`}).spaces.members;
}

const ids = answer => (answer.data.memberships ?? []).map(m => m.name.split('/').pop());

// Checks the status and the message of an error; returns its details.
async function refused(what, call, status, message) {
  try {
    await call;
  } catch (error) {
    checks.equal(what, error.status ?? error.code, status);
    checks.true(`${what}: ${error.message}`, error.message.includes(message));
    return error.response.data.error.details;
  }
  checks.equal(what, 'success', `error ${status}`);
  return undefined;
}

async function main() {
  const api = members(process.env.OPEN);
  const parent = 'spaces/A';
  checks.equal('list', ids(await api.list({parent})), ['100', '101', '900', '901']);
  checks.equal('empty list', (await api.list({parent: 'spaces/EMPTY'})).data, {});
  let answer = await api.list({parent, filter: HUMANS, showInvited: true, pageSize: 10});
  checks.equal('filter, showInvited', ids(answer), ['100', '101', '102']);
  answer = await api.list({parent, filter: 'member.type != "BOT"', showGroups: true});
  checks.equal('filter, showGroups', ids(answer), ['100', '101', 'group-g1']);
  answer = await api.list({parent, filter: HUMANS, useAdminAccess: true});
  checks.equal('useAdminAccess', ids(answer), ['100', '101']);
  checks.equal('empty filter', ids(await api.list({parent, filter: ''})).length, 4);
  answer = await api.list({parent, pageSize: 5000, prettyPrint: false});
  checks.equal('page size above the maximum', ids(answer).length, 4);
  answer = await api.list({parent, pageSize: 1, fields: 'memberships(name,member/type),nextPageToken'});
  checks.equal('fields', Object.keys(answer.data.memberships[0]).sort(), ['member', 'name']);

  // All pages.
  for (const filter of ['', 'role = "ROLE_MEMBER"']) {
    const seen = [];
    let pages = 0;
    let pageToken;
    do {
      answer = await api.list({pageToken, filter, parent: 'spaces/BIG', pageSize: 10});
      seen.push(...ids(answer));
      pageToken = answer.data.nextPageToken;
      pages++;
    } while (pageToken);
    const all = Array.from({length: 95}, (_, n) => n).filter(n => !filter || n % 10);
    checks.equal(`pages with '${filter}'`, seen, all.map(n => String(1000 + n)));
    checks.equal(`number of pages with '${filter}'`, pages, Math.ceil(all.length / 10));
  }
  const long = Array(40).fill(`(${HUMANS} AND role = "ROLE_MANAGER")`).join(' OR ');
  answer = await api.list({parent: 'spaces/BIG', filter: long, pageSize: 4});
  checks.equal('long filter', ids(answer), ['1000', '1010', '1020', '1030']);

  for (const member of ['101', 'grace+x@example.com']) {
    answer = await api.get({name: `spaces/A/members/${member}`});
    checks.equal(`get ${member}`, answer.data.name, 'spaces/A/members/101');
  }
  answer = await api.get({name: 'spaces/A/members/app'});
  checks.equal('get app', answer.data.name, 'spaces/A/members/900');
  checks.equal('type of the app', answer.data.member.type, 'BOT');
  answer = await api.get({name: 'spaces/A/members/group-g1', useAdminAccess: true});
  checks.equal('get group', answer.data.groupMember, {name: 'groups/g1'});
  checks.true('group has no role', !('role' in answer.data) && !('member' in answer.data));

  const human = {member: {name: 'users/555', type: 'HUMAN'}};
  answer = await api.create({parent, requestBody: human});
  checks.equal('create', [answer.data.name, answer.data.state, answer.data.role], ['spaces/A/members/555', 'JOINED', 'ROLE_MEMBER']);
  answer = await api.create({parent, requestBody: {member: {name: 'users/shy@example.com', type: 'HUMAN'}}});
  checks.equal('create by email', [answer.data.name, answer.data.state], ['spaces/A/members/103', 'INVITED']);
  answer = await api.create({parent, useAdminAccess: true, requestBody: {groupMember: {name: 'groups/g2'}}});
  checks.equal("create a group's membership", answer.data.name, 'spaces/A/members/group-g2');
  answer = await api.create({parent: 'spaces/CHAT', requestBody: {member: {name: 'users/app', type: 'BOT'}}});
  checks.equal("create the app's membership", answer.data.name, 'spaces/CHAT/members/900');
  await refused('create existing', api.create({parent, requestBody: human}), 409, 'already exists');
  let details = await refused('unknown field', api.create({parent, requestBody: {mmber: {}}}), 400, 'Invalid JSON payload received. Unknown name "mmber"');
  checks.equal('field of the violation', details[0].fieldViolations[0].field, 'membership');
  await refused('unknown enum name', api.create({parent, requestBody: {member: {type: 'X'}}}), 400, 'Invalid value at ');

  const name = 'spaces/A/members/101';
  for (const role of ['ROLE_MANAGER', 'ROLE_ASSISTANT_MANAGER', 'ROLE_MEMBER']) {
    answer = await api.patch({name, updateMask: 'role', requestBody: {role}});
    checks.equal(`patch to ${role}`, answer.data.role, role);
  }
  const requestBody = {role: 'ROLE_MEMBER'};
  answer = await api.patch({name, updateMask: '*', useAdminAccess: true, requestBody});
  checks.equal('patch with admin access', answer.data.role, 'ROLE_MEMBER');
  await refused('missing mask', api.patch({name, requestBody}), 400, 'updateMask');
  await refused('invalid mask', api.patch({name, updateMask: 'state', requestBody}), 400, 'updateMask');
  const only = {name: 'spaces/A/members/100'};
  await refused('demote the only manager', api.patch({...only, updateMask: 'role', requestBody}), 400, 'only space manager');
  await refused('manager in a group chat', api.patch({name: 'spaces/CHAT/members/100', updateMask: 'role', requestBody: {role: 'ROLE_MANAGER'}}), 400, 'SPACE');

  await refused('remove the only manager', api.delete(only), 400, 'only space manager');
  answer = await api.delete({name: 'spaces/A/members/555'});
  checks.equal('delete', answer.data, {name: 'spaces/A/members/555', state: 'NOT_A_MEMBER'});
  checks.equal("delete the app's membership", (await api.delete({name: 'spaces/A/members/app'})).data.name, 'spaces/A/members/900');
  answer = await api.delete({name: 'spaces/A/members/group-g2', useAdminAccess: true});
  checks.equal('delete with admin access', answer.data.state, 'NOT_A_MEMBER');
  await refused("delete another app's membership", api.delete({name: 'spaces/A/members/901'}), 403, 'Permission denied');

  details = await refused('invalid filter', api.list({parent, filter: 'role = "OWNER"'}), 400, 'Invalid filter query: role = "OWNER"');
  checks.equal('field of the violation', details[0].fieldViolations[0].field, 'filter');
  checks.true('suggestion of the violation', details[0].fieldViolations[0].description.includes('ROLE_MANAGER'));
  await refused('negative page size', api.list({parent, pageSize: -1}), 400, 'pageSize');
  await refused('made-up token', api.list({parent, pageToken: 'abc'}), 400, 'pageToken');
  await refused('admin access without the type', api.list({parent, useAdminAccess: true}), 400, 'Invalid filter query: ');
  await refused('unknown space', api.list({parent: 'spaces/X'}), 404, 'Requested entity was not found.');
  await refused('unknown member', api.get({name: 'spaces/A/members/404'}), 404, 'Requested entity was not found.');
  // The client retries 503 on its own.
  checks.equal('two 503s, then success', ids(await api.list({parent: 'spaces/FLAKY'})), ['100']);
  await refused('permanent 429', api.list({parent: 'spaces/DOWN'}, {retry: false}), 429, 'Quota exceeded');

  const [reader, bot, stranger] = ['reader', 'bot', 'stranger'].map(token => members(process.env.GUARDED, token));
  checks.equal('list as a reader', ids(await reader.list({parent})).length, 4);
  details = await refused('delete as a reader', reader.delete(only), 403, 'insufficient authentication scopes');
  checks.equal('reason', details[0].reason, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT');
  await refused('list as a stranger', stranger.list({parent}), 403, 'Permission denied');
  checks.equal('list as an app, without apps', ids(await bot.list({parent})), ['100', '101']);
  await refused('list groups as an app', bot.list({parent, showGroups: true}), 403, "This method doesn't support app authentication");
  checks.done();
}

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
