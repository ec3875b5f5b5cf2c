// What the npm package atlassian-crowd-client reads from a directory: asked on standard input, answered on standard output,
// as JSON. Usage: crowd_client.js URL, with NODE_PATH naming the folder that holds the package.

const fs = require('fs');
const CrowdClient = require('atlassian-crowd-client');
const ValidationFactors = require('atlassian-crowd-client/lib/models/validation-factors');

const factors = new ValidationFactors({ remote_address: '127.0.0.1' });
const elsewhere = new ValidationFactors({ remote_address: '192.0.2.1' });

function clientFor(url, name, password) {
  return new CrowdClient({
    baseUrl: url,
    application: { name, password },
    attributesParser: (value) => value,
  });
}

async function each(list, read) {
  const results = [];
  for (const item of list) results.push(await read(item));
  return results;
}

const refusal = (promise) => promise.then(() => null, (error) => error.type || String(error));
const accepted = async (promise) => (await refusal(promise)) === null;
const orNull = (promise, pick) => promise.then(pick, () => null);

const person = (user) => ({
  name: user.username,
  'display-name': user.displayname,
  email: user.email,
  active: user.active,
  'first-attributes': user.attributes,
});

async function session(client, name, password) {
  const opened = await client.session.create(name, password, factors);
  const again = await client.session.create(name, password, factors);
  const valid = await client.session.validate(opened.token, factors);
  const read = {
    looked_at: (await client.session.getUser(opened.token)).username,
    same_token_again: again.token === opened.token,
    prolonged: valid.expiresAt >= opened.expiresAt && opened.expiresAt > opened.createdAt,
    valid_elsewhere: await accepted(client.session.validate(opened.token, elsewhere)),
    valid_without_factors: await accepted(client.session.validate(opened.token)),
  };
  await client.session.remove(opened.token);
  read.valid_after_end = await accepted(client.session.validate(opened.token, factors));
  read.ended_again = await accepted(client.session.remove(opened.token));
  return read;
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, 'utf8'));
  const [name, password] = asked.application;
  const client = clientFor(process.argv[2], name, password);
  const wrong = clientFor(process.argv[2], name, password + 'x');
  const [field, value] = asked.search;
  const [pagedPerson, start, length] = asked.page;
  const authenticate = ([user, secret]) => client.authentication.authenticate(user, secret);
  const create = ([user, secret]) => client.session.create(user, secret, factors);
  const member = (nested) => ([user, group]) => orNull(client.user.groups.get(user, group, nested), (it) => it);
  const read = {
    application: [await accepted(client.config.cookie()), await accepted(wrong.config.cookie())],
    application_refusal: await refusal(wrong.config.cookie()),
    cookie: await client.config.cookie(),
    log_ins: await each(asked.log_ins, (who) => orNull(authenticate(who), (user) => user.username)),
    refusal_reasons: await each(asked.log_ins, (who) => refusal(authenticate(who))),
    people_shown: await each(asked.people, (user) => orNull(client.user.get(user, true), person)),
    direct_groups: await each(asked.people, (user) => client.user.groups.list(user, false)),
    nested_groups: await each(asked.people, (user) => client.user.groups.list(user, true)),
    page: await client.user.groups.list(pagedPerson, true, start, length),
    direct_people: await each(asked.groups, (group) => client.group.users.list(group, false)),
    nested_people: await each(asked.groups, (group) => client.group.users.list(group, true)),
    direct_membership: await each(asked.pairs, member(false)),
    nested_membership: await each(asked.pairs, member(true)),
    not_a_member: await refusal(client.user.groups.get('nobody', 'nothing', true)),
    found_people: await client.search.user(`${field} = "*${value}*"`),
    found_groups: await client.search.group('name = "*TEAM*"'),
    session: await session(client, ...asked.session),
    session_refusal_reasons: await each(asked.log_ins, (who) => refusal(create(who))),
  };
  process.stdout.write(JSON.stringify(read));
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
