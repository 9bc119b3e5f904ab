"""google-api-python-client, which is built from the discovery document."""

import os

from checks import Checks
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

checks = Checks("google-api-python-client")
HUMANS = 'member.type = "HUMAN"'


def members(url, token="any"):
    options = {"api_endpoint": url}
    chat = build("chat", "v1", credentials=Credentials(token), client_options=options)
    return chat.spaces().members()


def ids(answer):
    return [m["name"].rsplit("/")[-1] for m in answer.get("memberships", [])]


def refused(what, request, status, reason):
    """Checks the status and the reason of an HttpError; returns its details."""
    try:
        request.execute()
    except HttpError as error:
        checks.equal(what, error.status_code, status)
        checks.true(f"{what}: {error.reason}", reason in error.reason)
        return error.error_details
    checks.equal(what, "success", f"error {status}")
    return None


for base in (os.environ["OPEN"], os.environ["OPEN"] + "/"):
    api = members(base)
    checks.equal("list", ids(api.list(parent="spaces/A").execute()), ["100", "101", "900", "901"])
checks.equal("empty list", api.list(parent="spaces/EMPTY").execute(), {})
answer = api.list(parent="spaces/A", filter=HUMANS, showInvited=True, pageSize=10).execute()
checks.equal("filter, showInvited", ids(answer), ["100", "101", "102"])
answer = api.list(parent="spaces/A", filter='member.type != "BOT"', showGroups=True).execute()
checks.equal("filter, showGroups", ids(answer), ["100", "101", "group-g1"])
answer = api.list(parent="spaces/A", filter=HUMANS, useAdminAccess=True).execute()
checks.equal("useAdminAccess", ids(answer), ["100", "101"])
answer = api.list(parent="spaces/A", filter="").execute()
checks.equal("empty filter", len(ids(answer)), 4)
answer = api.list(parent="spaces/A", pageSize=5000, prettyPrint=False).execute()
checks.equal("page size above the maximum", len(ids(answer)), 4)
answer = api.list(parent="spaces/A", fields="memberships(name,member/type),nextPageToken", pageSize=1).execute()
checks.equal("fields", sorted(answer["memberships"][0]), ["member", "name"])

# All pages, with the client's own iterator.
for text in ("", 'role = "ROLE_MEMBER"'):
    request, pages, seen = api.list(parent="spaces/BIG", pageSize=10, filter=text), 0, []
    while request is not None:
        answer = request.execute()
        seen += ids(answer)
        pages += 1
        request = api.list_next(request, answer)
    expected = [str(1000 + n) for n in range(95) if not text or n % 10]
    checks.equal(f"list_next with {text!r}", (pages, seen), (-(-len(expected) // 10), expected))

# A URL of more than 2,048 characters becomes a POST, which is not a create.
long = " OR ".join([f"({HUMANS} AND role = \"ROLE_MANAGER\")"] * 40)
request = api.list(parent="spaces/BIG", filter=long, pageSize=4)
answer = request.execute()
checks.equal("long filter", ids(answer), ["1000", "1010", "1020", "1030"])
answer = api.list_next(request, answer).execute()
checks.equal("next page of a long filter", ids(answer), ["1040", "1050", "1060", "1070"])

for member in ("101", "grace+x@example.com", "Grace%2Bx@example.com"):
    answer = api.get(name=f"spaces/A/members/{member}").execute()
    checks.equal(f"get {member}", answer["name"], "spaces/A/members/101")
answer = api.get(name="spaces/A/members/app").execute()
checks.equal("get app", (answer["name"], answer["member"]["type"]), ("spaces/A/members/900", "BOT"))
answer = api.get(name="spaces/A/members/group-g1", useAdminAccess=True).execute()
checks.equal("get group", answer["groupMember"], {"name": "groups/g1"})
checks.true("group has no role", "role" not in answer and "member" not in answer)

human = {"member": {"name": "users/555", "type": "HUMAN"}}
answer = api.create(parent="spaces/A", body=human).execute()
checks.equal("create", (answer["name"], answer["state"], answer["role"]), ("spaces/A/members/555", "JOINED", "ROLE_MEMBER"))
answer = api.create(parent="spaces/A", body={"member": {"name": "users/shy@example.com", "type": "HUMAN"}}).execute()
checks.equal("create by email", (answer["name"], answer["state"]), ("spaces/A/members/103", "INVITED"))
answer = api.create(parent="spaces/A", body={"groupMember": {"name": "groups/g2"}}, useAdminAccess=True).execute()
checks.equal("create a group's membership", answer["name"], "spaces/A/members/group-g2")
answer = api.create(parent="spaces/CHAT", body={"member": {"name": "users/app", "type": "BOT"}}).execute()
checks.equal("create the app's membership", answer["name"], "spaces/CHAT/members/900")
refused("create existing", api.create(parent="spaces/A", body=human), 409, "already exists")
details = refused("unknown field", api.create(parent="spaces/A", body={"mmber": {}}), 400, "Invalid JSON payload received. Unknown name \"mmber\"")
checks.equal("field of the violation", details[0]["fieldViolations"][0]["field"], "membership")
refused("unknown enum name", api.create(parent="spaces/A", body={"member": {"type": "X"}}), 400, "Invalid value at ")

patch = {"name": "spaces/A/members/101", "updateMask": "role"}
for role in ("ROLE_MANAGER", "ROLE_ASSISTANT_MANAGER", "ROLE_MEMBER"):
    answer = api.patch(**patch, body={"role": role}).execute()
    checks.equal(f"patch to {role}", answer["role"], role)
refused("missing mask", api.patch(name=patch["name"], body={"role": "ROLE_MEMBER"}), 400, "updateMask")
refused("invalid mask", api.patch(name=patch["name"], updateMask="state", body={"role": "ROLE_MEMBER"}), 400, "updateMask")
refused("demote the only manager", api.patch(name="spaces/A/members/100", updateMask="role", body={"role": "ROLE_MEMBER"}), 400, "only space manager")
refused("manager in a group chat", api.patch(name="spaces/CHAT/members/100", updateMask="*", body={"role": "ROLE_MANAGER"}), 400, "SPACE")

refused("remove the only manager", api.delete(name="spaces/A/members/100"), 400, "only space manager")
answer = api.delete(name="spaces/A/members/555").execute()
checks.equal("delete", answer, {"name": "spaces/A/members/555", "state": "NOT_A_MEMBER"})
answer = api.delete(name="spaces/A/members/app").execute()
checks.equal("delete the app's membership", answer["name"], "spaces/A/members/900")
answer = api.delete(name="spaces/A/members/group-g2", useAdminAccess=True).execute()
checks.equal("delete with admin access", answer["state"], "NOT_A_MEMBER")
refused("delete another app's membership", api.delete(name="spaces/A/members/901"), 403, "Permission denied")

details = refused("invalid filter", api.list(parent="spaces/A", filter='role = "OWNER"'), 400, 'Invalid filter query: role = "OWNER"')
checks.equal("field of the violation", details[0]["fieldViolations"][0]["field"], "filter")
checks.true("suggestion of the violation", "ROLE_MANAGER" in details[0]["fieldViolations"][0]["description"])
refused("negative page size", api.list(parent="spaces/A", pageSize=-1), 400, "pageSize")
refused("made-up token", api.list(parent="spaces/A", pageToken="abc"), 400, "pageToken")
token = api.list(parent="spaces/BIG", pageSize=5).execute()["nextPageToken"]
answer = api.list(parent="spaces/BIG", pageSize=3, pageToken=token).execute()
checks.equal("token with another page size", ids(answer), ["1005", "1006", "1007"])
refused("token of another request", api.list(parent="spaces/BIG", pageToken=token, filter=HUMANS), 400, "pageToken")
refused("admin access without the type", api.list(parent="spaces/A", useAdminAccess=True), 400, "Invalid filter query:")
refused("unknown space", api.list(parent="spaces/X"), 404, "Requested entity was not found.")
refused("unknown member", api.get(name="spaces/A/members/404"), 404, "Requested entity was not found.")

answer = api.list(parent="spaces/FLAKY").execute(num_retries=3)
checks.equal("two 503s, then success", ids(answer), ["100"])
refused("permanent 429", api.list(parent="spaces/DOWN"), 429, "Quota exceeded")

guarded = os.environ["GUARDED"]
checks.equal("list as a reader", len(ids(members(guarded, "reader").list(parent="spaces/A").execute())), 4)
details = refused("delete as a reader", members(guarded, "reader").delete(name="spaces/A/members/100"), 403, "insufficient authentication scopes")
checks.equal("reason", details[0]["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
refused("list as a stranger", members(guarded, "stranger").list(parent="spaces/A"), 403, "Permission denied")
checks.equal("list as an app, without apps", ids(members(guarded, "bot").list(parent="spaces/A").execute()), ["100", "101"])
refused("list groups as an app", members(guarded, "bot").list(parent="spaces/A", showGroups=True), 403, "This method doesn't support app authentication")
checks.done()
