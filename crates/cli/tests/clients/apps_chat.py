"""google-apps-chat, the generated client: over REST, or with an argument over `grpc` or `grpc_asyncio`."""

import os
import sys

from checks import Checks
from generated import GRPC_ERRORS, client, field_violations
from google.api_core import exceptions
from google.apps import chat_v1

TRANSPORT = sys.argv[1] if len(sys.argv) > 1 else "rest"
checks = Checks(f"google-apps-chat (Python, {TRANSPORT})")
HUMANS = 'member.type = "HUMAN"'
Membership, User, Group = chat_v1.Membership, chat_v1.User, chat_v1.Group
Role = Membership.MembershipRole
State = Membership.MembershipState


def ids(memberships):
    return [m.name.rsplit("/")[-1] for m in memberships]


def refused(what, call, kind, message):
    """Checks the class and the message of an exception; returns it."""
    try:
        call()
    except exceptions.GoogleAPICallError as error:
        if TRANSPORT != "rest":
            # Over gRPC the client knows the code, not only the HTTP status.
            checks.true(f"{what}: code {error.grpc_status_code}", type(error) in GRPC_ERRORS[kind])
        else:
            checks.equal(what, type(error), kind)
        checks.true(f"{what}: {error.message}", message in error.message)
        return error
    checks.equal(what, "success", kind)
    return None


api = client(os.environ["OPEN"], TRANSPORT)


def listed(**fields):
    retry = fields.pop("retry", None)
    return list(api.list_memberships(request=fields, retry=retry))


answer = listed(parent="spaces/A")
checks.equal("list", ids(answer), ["100", "101", "900", "901"])
first = answer[0]
checks.equal("state, role", (first.state, first.role), (State.JOINED, Role.ROLE_MANAGER))
checks.equal("affiliation", first.affiliation, Membership.Affiliation.INTERNAL)
checks.equal("type", (first.member.type_, answer[2].member.type_), (User.Type.HUMAN, User.Type.BOT))
checks.equal("createTime", first.create_time.year, 2026)
checks.equal("empty list", listed(parent="spaces/EMPTY"), [])
answer = listed(parent="spaces/A", filter=HUMANS, show_invited=True, page_size=10)
checks.equal("filter, show_invited", ids(answer), ["100", "101", "102"])
checks.equal("state of an invited person", answer[2].state, State.INVITED)
answer = listed(parent="spaces/A", filter='member.type != "BOT"', show_groups=True)
checks.equal("filter, show_groups", ids(answer), ["100", "101", "group-g1"])
checks.equal("group", answer[2].group_member.name, "groups/g1")
answer = listed(parent="spaces/A", filter=HUMANS, use_admin_access=True)
checks.equal("use_admin_access", ids(answer), ["100", "101"])
checks.equal("page_size", ids(next(api.list_memberships(request={"parent": "spaces/A", "page_size": 2}).pages).memberships), ["100", "101"])

# All pages, with the client's own iterator.
for text in ("", 'role = "ROLE_MEMBER"'):
    pager = api.list_memberships(request={"parent": "spaces/BIG", "page_size": 10, "filter": text})
    expected = [str(1000 + n) for n in range(95) if not text or n % 10]
    checks.equal(f"pager with {text!r}", ids(pager), expected)
    pages = api.list_memberships(request={"parent": "spaces/BIG", "page_size": 10, "filter": text}).pages
    checks.equal(f"pages with {text!r}", len(list(pages)), -(-len(expected) // 10))
long = " OR ".join([f"({HUMANS} AND role = \"ROLE_MANAGER\")"] * 40)
checks.equal("long filter", len(listed(parent="spaces/BIG", filter=long, page_size=4)), 10)

for member in ("101", "grace+x@example.com"):
    answer = api.get_membership(name=f"spaces/A/members/{member}")
    checks.equal(f"get {member}", answer.name, "spaces/A/members/101")
answer = api.get_membership(name="spaces/A/members/app")
checks.equal("get app", (answer.name, answer.member.type_), ("spaces/A/members/900", User.Type.BOT))
answer = api.get_membership(request={"name": "spaces/A/members/group-g1", "use_admin_access": True})
checks.equal("get group", (answer.group_member.name, answer.role), ("groups/g1", Role.MEMBERSHIP_ROLE_UNSPECIFIED))


def create(space, admin=False, **fields):
    request = {"parent": f"spaces/{space}", "membership": Membership(**fields), "use_admin_access": admin}
    return api.create_membership(request=request)


human = User(name="users/555", type_=User.Type.HUMAN)
answer = create("A", member=human)
checks.equal("create", (answer.name, answer.state, answer.role), ("spaces/A/members/555", State.JOINED, Role.ROLE_MEMBER))
answer = create("A", member=User(name="users/shy@example.com", type_=User.Type.HUMAN))
checks.equal("create by email", (answer.name, answer.state), ("spaces/A/members/103", State.INVITED))
answer = create("A", admin=True, group_member=Group(name="groups/g2"))
checks.equal("create a group's membership", answer.name, "spaces/A/members/group-g2")
answer = create("CHAT", member=User(name="users/app", type_=User.Type.BOT))
checks.equal("create the app's membership", answer.name, "spaces/CHAT/members/900")
refused("create existing", lambda: create("A", member=human), exceptions.Conflict, "already exists")
refused("create without a member", lambda: create("A"), exceptions.BadRequest, "membership.member")


def patch(space, member, role, paths, admin=False):
    membership = Membership(name=f"spaces/{space}/members/{member}", role=role)
    request = {"membership": membership, "update_mask": {"paths": paths}, "use_admin_access": admin}
    return api.update_membership(request=request)


for role in (Role.ROLE_MANAGER, Role.ROLE_ASSISTANT_MANAGER, Role.ROLE_MEMBER):
    checks.equal(f"update to {role.name}", patch("A", "101", role, ["role"]).role, role)
checks.equal("update with admin access", patch("A", "101", Role.ROLE_MEMBER, ["*"], admin=True).role, Role.ROLE_MEMBER)
refused("missing mask", lambda: patch("A", "101", Role.ROLE_MEMBER, []), exceptions.BadRequest, "updateMask")
refused("invalid mask", lambda: patch("A", "101", Role.ROLE_MEMBER, ["create_time"]), exceptions.BadRequest, "updateMask")
refused("demote the only manager", lambda: patch("A", "100", Role.ROLE_MEMBER, ["role"]), exceptions.BadRequest, "only space manager")
refused("manager in a group chat", lambda: patch("CHAT", "100", Role.ROLE_MANAGER, ["role"]), exceptions.BadRequest, "SPACE")

refused("remove the only manager", lambda: api.delete_membership(name="spaces/A/members/100"), exceptions.BadRequest, "only space manager")
answer = api.delete_membership(name="spaces/A/members/555")
checks.equal("delete", (answer.name, answer.state), ("spaces/A/members/555", State.NOT_A_MEMBER))
checks.equal("delete the app's membership", api.delete_membership(name="spaces/A/members/app").name, "spaces/A/members/900")
answer = api.delete_membership(request={"name": "spaces/A/members/group-g2", "use_admin_access": True})
checks.equal("delete with admin access", answer.state, State.NOT_A_MEMBER)
refused("delete another app's membership", lambda: api.delete_membership(name="spaces/A/members/901"), exceptions.Forbidden, "Permission denied")

error = refused("invalid filter", lambda: listed(parent="spaces/A", filter='role = "OWNER"'), exceptions.BadRequest, 'Invalid filter query: role = "OWNER"')
field, description = field_violations(error)[0]
checks.equal("field of the violation", field, "filter")
checks.true("suggestion of the violation", "ROLE_MANAGER" in description)
refused("negative page size", lambda: listed(parent="spaces/A", page_size=-1), exceptions.BadRequest, "pageSize")
refused("made-up token", lambda: listed(parent="spaces/A", page_token="abc"), exceptions.BadRequest, "pageToken")
refused("admin access without the type", lambda: listed(parent="spaces/A", use_admin_access=True), exceptions.BadRequest, "Invalid filter query: ")
refused("unknown space", lambda: listed(parent="spaces/X"), exceptions.NotFound, "Requested entity was not found.")
refused("unknown member", lambda: api.get_membership(name="spaces/A/members/404"), exceptions.NotFound, "Requested entity was not found.")
# The client retries 503 on its own.
checks.equal("two 503s, then success", ids(api.list_memberships(parent="spaces/FLAKY")), ["100"])
refused("permanent 429", lambda: listed(parent="spaces/DOWN"), exceptions.TooManyRequests, "Quota exceeded")

guarded = os.environ["GUARDED"]
reader, bot, stranger = (client(guarded, TRANSPORT, token) for token in ("reader", "bot", "stranger"))
checks.equal("list as a reader", len(list(reader.list_memberships(parent="spaces/A"))), 4)
error = refused("delete as a reader", lambda: reader.delete_membership(name="spaces/A/members/100"), exceptions.Forbidden, "insufficient authentication scopes")
checks.equal("reason", (error.reason, error.domain), ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "googleapis.com"))
refused("list as a stranger", lambda: list(stranger.list_memberships(parent="spaces/A")), exceptions.Forbidden, "Permission denied")
checks.equal("list as an app, without apps", ids(bot.list_memberships(parent="spaces/A")), ["100", "101"])
refused("list groups as an app", lambda: list(bot.list_memberships(request={"parent": "spaces/A", "show_groups": True})), exceptions.Forbidden, "This method doesn't support app authentication")
if TRANSPORT != "rest":
    refused("unknown token", lambda: client(guarded, TRANSPORT, "x").get_membership(name="spaces/A/members/100"), exceptions.Unauthorized, "invalid authentication credentials")
    refused("no token", lambda: client(guarded, TRANSPORT, None).get_membership(name="spaces/A/members/100"), exceptions.Unauthorized, "missing required authentication credential")
    refused("deadline", lambda: api.get_membership(name="spaces/SLOW/members/100", timeout=0.2, retry=None), exceptions.GatewayTimeout, "")
    refused("unimplemented method", lambda: api.get_space(name="spaces/A"), exceptions.MethodNotImplemented, "only the methods of memberships")
    mask = [("x-goog-fieldmask", "name,member.type")]
    answer = api.get_membership(name="spaces/A/members/101", metadata=mask)
    checks.equal("field mask", (answer.name, answer.role, answer.member), ("spaces/A/members/101", Role.MEMBERSHIP_ROLE_UNSPECIFIED, User(type_=User.Type.HUMAN)))
    refused("permanent 503", lambda: listed(parent="spaces/OFF"), exceptions.ServiceUnavailable, "unavailable")
    # The client retries a lost connection on its own.
    checks.equal("two lost connections, then success", ids(api.list_memberships(parent="spaces/LOST")), ["100"])
checks.done()
